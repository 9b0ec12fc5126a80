"""`plant`: every kind of planted case that a sound trajectory can be turned into."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agentscaler.filtering.case import Case
from agentscaler.filtering.faults import deeds, forgeries, form, variants, words
from agentscaler.filtering.verdict import FunnelReason as Why
from agentscaler.filtering.verdict import FunnelStage as Stage
from agentscaler.rollout.trajectory import Trajectory

__all__ = ["KINDS", "Kind", "Planted", "plant"]

Maker = Callable[[Case, random.Random], Trajectory | None]


@dataclass(frozen=True)
class Kind:
    """A kind of planted case, and the verdict that it must get.

    Attributes:
        make: turns a sound trajectory into one of this kind; None where it does not fit.
    """

    make: Maker
    stage: Stage
    reason: Why

    @property
    def name(self) -> str:
        return self.make.__name__.replace("_", " ")


@dataclass(frozen=True)
class Planted:
    """A trajectory of which the right verdict is known."""

    kind: Kind
    trajectory: Trajectory


def _kinds(stage: Stage, reason: Why, *makers: Maker) -> tuple[Kind, ...]:
    return tuple(Kind(make, stage, reason) for make in makers)


_FORM, _DEEDS, _ROUTE = Stage.VALIDITY, Stage.ALIGNMENT, Stage.MATCHING

KINDS: tuple[Kind, ...] = (
    *_kinds(_FORM, Why.WRONG_TASK, form.another_domain, form.another_state, form.another_task),
    *_kinds(_FORM, Why.NOT_SATISFIED, form.step_limit, form.gave_up),
    *_kinds(_FORM, Why.BROKEN_TURNS, form.user_speaks_twice, form.agent_speaks_twice),
    *_kinds(_FORM, Why.BROKEN_TURNS, form.opens_with_the_agent, form.second_system),
    *_kinds(_FORM, Why.BROKEN_TURNS, form.user_calls),
    *_kinds(_FORM, Why.UNANSWERED_CALL, form.call_unanswered, form.another_answer),
    *_kinds(_FORM, Why.UNANSWERED_CALL, form.answers_swapped, form.call_id_twice),
    *_kinds(_FORM, Why.UNANSWERED_CALL, form.ends_with_a_result),
    *_kinds(_FORM, Why.EMPTY_TEXT, form.nothing_said),
    *_kinds(_FORM, Why.REPETITION, form.phrase_loop, form.word_loop, form.call_loop),
    *_kinds(_FORM, Why.UNKNOWN_TOOL, deeds.unknown_tool),
    *_kinds(_FORM, Why.INVENTED_ID, deeds.invented_id, deeds.id_from_own_words),
    *_kinds(_FORM, Why.INVENTED_ID, deeds.lookup_left_out),
    *_kinds(_DEEDS, Why.RESULT_DIFFERS, forgeries.forged_result, forgeries.forged_refusal),
    *_kinds(_DEEDS, Why.RESULT_DIFFERS, forgeries.forged_success),
    *_kinds(_DEEDS, Why.STATE_DIFFERS, forgeries.forged_state),
    *_kinds(_DEEDS, Why.WRONG_STATE, deeds.wrong_value, deeds.wrong_row, deeds.write_left_out),
    *_kinds(_DEEDS, Why.WRONG_STATE, deeds.nothing_done, deeds.created_twice),
    *_kinds(_ROUTE, Why.EXTRA_CALL, deeds.create_undone, deeds.update_undone),
    *_kinds(_ROUTE, Why.EXTRA_CALL, deeds.undone_and_redone, deeds.wrong_then_right),
    *_kinds(_ROUTE, Why.EXTRA_CALL, deeds.done_twice, deeds.extra_read),
    *_kinds(_ROUTE, Why.MISSING_CALL, deeds.done_by_halves, deeds.read_left_out),
    *_kinds(_ROUTE, Why.CALL_ORDER, deeds.read_too_early),
    *_kinds(_ROUTE, Why.NO_CONSENT, words.consent_left_out, words.consent_refused),
    *_kinds(_ROUTE, Why.NO_CONSENT, words.consent_for_another, words.consent_after_the_call),
    *_kinds(_ROUTE, Why.ANSWER_NOT_TOLD, words.another_number, words.number_in_a_longer_one),
    *_kinds(_ROUTE, Why.ANSWER_NOT_TOLD, words.answer_in_another_sentence, words.another_date),
    *_kinds(_ROUTE, Why.ANSWER_NOT_TOLD, words.switch_the_other_way, words.switch_negated),
    *_kinds(_ROUTE, Why.ANSWER_NOT_TOLD, words.another_name, words.answer_denied),
    *_kinds(_ROUTE, Why.ANSWER_NOT_TOLD, words.answer_kept_back, words.answer_asked_for),
    *_kinds(_ROUTE, Why.ANSWER_NOT_TOLD, words.answer_before_the_call),
    *_kinds(Stage.PASSED, Why.PASSED, variants.untouched, variants.all_told_at_once),
    *_kinds(Stage.PASSED, Why.PASSED, variants.extra_reads, variants.free_reads),
    *_kinds(Stage.PASSED, Why.PASSED, variants.reads_reordered, variants.writes_reordered),
    *_kinds(Stage.PASSED, Why.PASSED, variants.at_once, variants.one_by_one),
    *_kinds(Stage.PASSED, Why.PASSED, variants.unknown_tool_repaired),
    *_kinds(Stage.PASSED, Why.PASSED, variants.missing_argument_repaired),
    *_kinds(Stage.PASSED, Why.PASSED, variants.garbled_id_repaired),
    *_kinds(Stage.PASSED, Why.PASSED, variants.number_in_other_words),
    *_kinds(Stage.PASSED, Why.PASSED, variants.date_in_other_words),
    *_kinds(Stage.PASSED, Why.PASSED, variants.switch_in_other_words, variants.name_in_capitals),
    *_kinds(Stage.PASSED, Why.PASSED, variants.words_in_other_type),
    *_kinds(Stage.PASSED, Why.PASSED, variants.consent_in_other_words),
)


def plant(case: Case, kinds: tuple[Kind, ...] = KINDS, seed: str = "0") -> Iterator[Planted]:
    """Turns a trajectory that the funnel keeps into one of every kind that fits it.

    Wherever calls are changed they are run, so that nothing but the planted fault is wrong.  A task
    with a wish that cannot be fulfilled gives none: what is wrong there is another thing.
    """
    if case.task.special is not None:
        return
    for kind in kinds:
        rng = random.Random(f"{seed}/{case.trajectory.id}/{kind.name}")
        made = kind.make(case, rng)
        if made is not None:
            yield Planted(kind, made)
