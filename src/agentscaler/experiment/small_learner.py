"""`SmallLearner`: our small model from scratch as the learner of an experiment.

It writes calls in the template `compact`, with a tokenizer of its own, and plays through the same
`LocalModel` as any checkpoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agentscaler.dataset import Example
from agentscaler.experiment.learner import Learned, Lesson, Player
from agentscaler.experiment.showing import ShowingMaker
from agentscaler.rollout import ModelAgentMaker
from agentscaler.training import (
    ByteTokenizer,
    CheckpointRecord,
    Rendered,
    load_template,
    load_tokenizer,
    render,
)
from agentscaler.training.local_model import LocalModel, open_checkpoint
from agentscaler.training.small import (
    SmallTrainingSettings,
    save_tokenizer,
    train_small,
    train_tokenizer,
)

__all__ = ["SmallLearner"]

_TEMPLATE = "compact"
_IN_FLIGHT = 64
_ANSWER = 160
"""Tokens of an answer before it is cut off; no turn that is learned from has as many."""
_LONGEST = 2048
"""Tokens of an episode: it may go on for longer than any dialogue that was learned from."""


@dataclass(frozen=True)
class SmallLearner:
    """See the module.

    Attributes:
        most_tools: that it is shown when it plays.
    """

    training: SmallTrainingSettings
    vocabulary: int
    most_tools: int | None
    name: str = "small"

    def fit(self, examples: Iterable[Example], folder: Path) -> None:
        template = load_template(_TEMPLATE)
        controls = template.family.tokens if template.family else ()
        bytewise = ByteTokenizer(controls)
        texts = (render(one, template, bytewise).text for one in examples)
        save_tokenizer(train_tokenizer(texts, self.vocabulary), folder)

    def render(self, example: Example, folder: Path) -> Rendered:
        return render(example, load_template(_TEMPLATE), load_tokenizer(folder))

    def learn(self, lesson: Lesson) -> Learned:
        settings = self.training.model_copy(
            update={"tokens": None, "order": "given", "threads": lesson.threads}
        )
        result = train_small(
            lesson.stream,
            settings,
            folder=lesson.folder,
            tokenizer=lesson.fitted,
            record=CheckpointRecord(
                template=_TEMPLATE,
                system=lesson.system,
                thinking=False,
                max_length=min(_LONGEST, settings.model.positions),
                trainer="small",
                recipe=self.name,
            ),
            phase=lesson.phase,
            data_fingerprint=lesson.digest,
            domains=lesson.domains,
            seed=lesson.seed,
            start=lesson.start,
            held_out=lesson.held_out,
            watch=lesson.watch,
        )
        return Learned(
            checkpoint=result.checkpoint,
            loss=result.phase.loss,
            held_out_loss=result.phase.eval_loss,
            parameters=result.parameters,
            seconds=result.processor_seconds,
        )

    def player(self, checkpoint: Path, threads: int) -> Player:
        import torch

        torch.set_num_threads(threads)
        model = LocalModel(open_checkpoint(checkpoint), max_new_tokens=_ANSWER, rows=_IN_FLIGHT)
        agent = ShowingMaker(ModelAgentMaker(model), self.most_tools)
        return Player(agent, _IN_FLIGHT, model.aclose)
