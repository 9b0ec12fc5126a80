"""Settings of the small model and of its training."""

from typing import Literal, Self

from pydantic import Field, model_validator

from agentscaler.settings import Section

__all__ = ["SmallModelSettings", "SmallTrainingSettings"]


class SmallModelSettings(Section):
    """The shape of a decoder.

    Attributes:
        architecture: "lfm2", which mixes short convolutions with attention; or "qwen3", attention
            alone.
        hidden: width.
        layers: depth.
        head: width of an attention head.
        feed_forward: width of the inner layer; None takes three times `hidden`.
        pattern: of the layers of "lfm2", repeated: "c" is a convolution, "f" full attention.
        kernel: tokens that a convolution sees, itself included.
        rope_theta: base of the rotary positions.
        positions: tokens of the longest dialogue.
    """

    architecture: Literal["lfm2", "qwen3"] = "lfm2"
    hidden: int = Field(default=128, ge=8)
    layers: int = Field(default=4, ge=1)
    head: int = Field(default=32, ge=4)
    feed_forward: int | None = Field(default=None, ge=8)
    pattern: str = Field(default="cf", pattern=r"^[cf]+$")
    kernel: int = Field(default=3, ge=2)
    rope_theta: float = Field(default=10_000.0, gt=0)
    positions: int = Field(default=4096, ge=16)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.hidden % self.head or self.head % 2:
            raise ValueError("head must be even, and hidden a multiple of it")
        if "f" not in (self.pattern * self.layers)[: self.layers]:
            raise ValueError("at least one layer needs attention: put an f into pattern")
        return self


class SmallTrainingSettings(Section):
    """One phase of a training.

    Attributes:
        model: its shape; a phase that starts from a checkpoint takes the checkpoint's.
        tokens: budget, padding not counted: dialogues are seen again and again until it is used
            up, to within the length of one; None shows each dialogue once.
        order: "shuffled" anew in each pass, or as "given".
        batch_tokens: room for tokens in a step, padding counted.
        window: dialogues that are next in order, out of which batches of like length are made.
        matrix_rate: learning rate of Muon, for the matrices between embedding and output.
        other_rate: learning rate of AdamW, for all other weights.
        weight_decay: of the matrices; times the learning rate, a step.
        warmup_steps: in which the rates rise from 0.
        decay_share: last share of the tokens, in which the rates fall in a straight line.
        final_share: of the rates, below which they do not fall.
        clip: highest norm of the gradient.
        context_weight: weight of a second loss, on as many tokens of the context as are learned,
            drawn anew in each step.  A model that begins with nothing learns from it to read what
            it is to act on, as others do in their pretraining; 0, the default, is the loss of the
            paper alone, and a phase ends with that in any case.
        context_share: first share of the tokens in which there is that second loss.
        precision: of the activations; weights are always kept in 32 bits.
        device: "auto" takes a GPU if there is one.
        threads: of the linear algebra, on a CPU.
        evaluations: how often the loss on held-out dialogues is taken, evenly over the tokens.
        log_steps: steps from one line of the log to the next.
        save_seconds: after which a training's state is written, to go on from.
        save_steps: the same in steps; None goes by seconds alone.
    """

    model: SmallModelSettings = SmallModelSettings()
    tokens: int | None = Field(default=None, ge=1)
    order: Literal["shuffled", "given"] = "shuffled"
    batch_tokens: int = Field(default=4096, ge=16)
    window: int = Field(default=512, ge=1)
    matrix_rate: float = Field(default=0.02, gt=0)
    other_rate: float = Field(default=2e-3, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    warmup_steps: int = Field(default=40, ge=0)
    decay_share: float = Field(default=0.5, ge=0, le=1)
    final_share: float = Field(default=0.03, ge=0, le=1)
    clip: float = Field(default=1.0, gt=0)
    context_weight: float = Field(default=0.0, ge=0)
    context_share: float = Field(default=0.7, ge=0, le=1)
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = Field(default=1, ge=1)
    evaluations: int = Field(default=4, ge=1)
    log_steps: int = Field(default=20, ge=1)
    save_seconds: float = Field(default=60.0, gt=0)
    save_steps: int | None = Field(default=None, ge=1)
