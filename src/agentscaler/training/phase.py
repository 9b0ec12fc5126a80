"""`plan_phase`: what a phase of training will do, worked out before anything is trained.

    candidates (lengths, domains, digests) -> choice -> rows -> steps of the optimizer

A plan needs no torch and no weights, so it can be shown first; the trainer then does what it says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agentscaler.errors import InputError
from agentscaler.training.batches import RowPlan, plan_rows
from agentscaler.training.recipe import PhaseSettings
from agentscaler.training.selection import Candidate, Chosen, LeftOut, choose

__all__ = ["EvaluationPlan", "PhasePlan", "plan_phase", "told_left_out"]


@dataclass(frozen=True)
class EvaluationPlan:
    """What the evaluation loss is taken on.

    Attributes:
        source: "held_out" domains, or tasks set "apart" where no held-out domain is chosen.
        chosen: places among the candidates of the source.
        rows: of the chosen.
    """

    source: Literal["held_out", "apart"]
    chosen: Chosen
    rows: RowPlan


@dataclass(frozen=True)
class PhasePlan:
    """What a phase will do.

    Attributes:
        chosen: what is trained on, as places among the candidates.
        longest: tokens of the longest example that domain and kind admit, trained on or not.
        rows: of the chosen.
        rows_each: that a process takes for one step of the optimizer.
        steps_an_epoch, steps: of the optimizer.
        tokens: seen in all steps, as rows hold on average.
        evaluation: None where there is nothing to evaluate on.
    """

    chosen: Chosen
    longest: int
    rows: RowPlan
    rows_each: int
    steps_an_epoch: int
    steps: int
    tokens: int
    evaluation: EvaluationPlan | None

    @property
    def epochs(self) -> float:
        """How often each example is seen."""
        return self.steps / self.steps_an_epoch


def plan_phase(
    train: Sequence[Candidate],
    held_out: Sequence[Candidate],
    settings: PhaseSettings,
    *,
    refused: Mapping[LeftOut, int] | None = None,
    processes: int = 1,
) -> PhasePlan:
    """Chooses examples, puts them into rows, and counts steps.

    Nothing is ever cut: an example longer than `max_length` is left out, and counted.

    Args:
        train, held_out: what the phase's data selection admits, of either split.
        refused: what it does not, for the count.
        processes: that share the work, one a GPU.

    Raises:
        InputError: nothing is left to train on, or a batch cannot be shared equally.
    """
    data = settings.data
    longest = settings.max_length
    evaluated = data.model_copy(update={"tokens": settings.eval_tokens})
    held = choose(held_out, evaluated, max_length=longest)
    apart = 0.0 if held.places else settings.eval_share
    chosen = choose(train, data, max_length=longest, apart=apart, refused=refused)
    if not chosen.places:
        raise InputError(
            f"Nothing is left to train on: {told_left_out(chosen.left_out)}.",
            "Choose other domains, a longer max_length, or a run with more dialogues.",
        )
    rows = plan_rows(
        [train[place].tokens for place in chosen.places],
        longest,
        packing=settings.packing,
        in_order=data.order != "shuffled",
    )
    each, an_epoch = rows.steps(settings.batch_tokens, longest, processes)
    a_step = rows.tokens / an_epoch
    wanted = settings.tokens / a_step if settings.tokens else (settings.epochs or 1) * an_epoch
    steps = max(1, math.ceil(wanted - 1e-9))
    evaluation: EvaluationPlan | None
    if held.places:
        evaluation = _evaluation("held_out", held_out, held, settings)
    else:
        kept = choose([train[place] for place in chosen.apart], evaluated)
        places = tuple(chosen.apart[place] for place in kept.places)
        evaluation = _evaluation("apart", train, replace(kept, places=places), settings)
    return PhasePlan(
        chosen,
        max(one.tokens for one in train),
        rows,
        each,
        an_epoch,
        steps,
        round(steps * a_step),
        evaluation,
    )


def told_left_out(left_out: Mapping[LeftOut, int]) -> str:
    """What was left out, in words."""
    told = ", ".join(f"{count:,} for {reason}" for reason, count in left_out.items())
    return f"left out are {told}" if told else "there are no examples"


def _evaluation(
    source: Literal["held_out", "apart"],
    candidates: Sequence[Candidate],
    chosen: Chosen,
    settings: PhaseSettings,
) -> EvaluationPlan | None:
    if not chosen.places:
        return None
    lengths = [candidates[place].tokens for place in chosen.places]
    rows = plan_rows(lengths, settings.max_length, packing=settings.packing)
    return EvaluationPlan(source, chosen, rows)
