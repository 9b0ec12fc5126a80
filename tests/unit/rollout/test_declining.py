"""Explaining what cannot be done, and taking no for an answer."""

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.filtering import FunnelReason, run_funnel
from agentscaler.rollout import StopReason
from agentscaler.rollout.declining import Accepting, Declining
from agentscaler.rollout.declining_phrases import (
    DOUBTS,
    EXPLANATIONS,
    QUESTIONS,
    REAFFIRMATIONS,
    STANDING_BY,
    UNKNOWN,
    WITH_OTHERS,
)
from agentscaler.rollout.hearing import Heard
from agentscaler.rollout.phrases import Voice, fill, seeded
from agentscaler.rollout.wording import fold, says
from agentscaler.task import SpecialKind
from agentscaler.task.task import Goal, Refusal, Task
from tests.unit.specials import dialogues, of_kind, shop, special_tasks


@pytest.fixture(params=["shop", "box office"])
def domain(request: pytest.FixtureRequest, box_office: Domain) -> Domain:
    return shop() if request.param == "shop" else box_office


def _refusal(task: Task) -> Refusal:
    return next(goal.refusal for goal in task.goals if goal.refusal is not None)


def _only(kind: SpecialKind) -> Task:
    return next(task for task in of_kind(shop(), kind) if len(task.goals) == 1)


def test_every_dialogue_of_the_expert_is_kept(domain: Domain) -> None:
    tasks = list(special_tasks(domain))
    played = dialogues(domain, tasks)

    (verdicts,) = run_funnel([(domain, tasks, played)])

    assert [one.stop for one in played] == [StopReason.SATISFIED] * len(tasks)
    assert [verdict.reason for verdict in verdicts] == [FunnelReason.PASSED] * len(tasks)


def test_the_expert_asks_for_what_is_missing_and_the_user_does_not_know_it(domain: Domain) -> None:
    tasks = of_kind(domain, SpecialKind.MISSING_FACT)
    for task, played in zip(tasks, dialogues(domain, tasks), strict=True):
        label = fold(_refusal(task).missing)
        said = [fold(m.content) for m in played.messages if m.role == "assistant" and m.content]
        asked = [m.content for m in played.messages if m.role == "user"]

        assert sum(says(words, label) for words in said) >= 2
        assert any(phrase in words for words in asked for phrase in UNKNOWN)


def test_the_value_that_is_missing_is_never_made_up() -> None:
    tasks = of_kind(shop(), SpecialKind.MISSING_FACT)
    for task, played in zip(tasks, dialogues(shop(), tasks), strict=True):
        tool = _refusal(task).attempts[0].tool
        ordinary = [call.tool for call in task.gold]
        made = [call.name for message in played.messages for call in message.tool_calls]
        assert made.count(tool) == ordinary.count(tool)


@pytest.mark.parametrize("kind", list(SpecialKind))
def test_every_phrase_gives_the_reason(kind: SpecialKind) -> None:
    refusal = _refusal(_only(kind))
    for phrase in EXPLANATIONS[kind]:
        lowered = refusal.reason[:1].lower() + refusal.reason[1:]
        words = fold(
            fill(
                phrase,
                deed=refusal.deed,
                reason=refusal.reason,
                lowered=lowered,
                missing=refusal.missing,
            )
        )
        for tell in refusal.tells:
            assert any(says(words, fold(said)) for said in tell.said)


def test_a_doubt_is_told_from_other_words_and_answered_once() -> None:
    task = _only(SpecialKind.WRONG_FACT)
    declining = Declining(task, Voice(seeded("a")))
    declining.explain(_refusal(task))

    assert all(_heard(phrase) for phrase in DOUBTS)
    assert not declining.hear("Thanks. Please cancel my order then.")
    assert declining.reaffirm() == ""


def _heard(phrase: str) -> bool:
    task = _only(SpecialKind.WRONG_FACT)
    declining = Declining(task, Voice(seeded("a")))
    assert not declining.hear(phrase), "nothing was explained yet"
    declining.explain(_refusal(task))
    heard = declining.hear(phrase)
    again = declining.reaffirm()
    assert not declining.hear(phrase)
    return heard and _refusal(task).reason in again


def test_a_question_for_another_way_is_not_answered_with_yes() -> None:
    assert not any(phrase.startswith("Yes") for phrase in STANDING_BY)
    assert all("{reason}" in phrase for phrase in (*STANDING_BY, *REAFFIRMATIONS))
    assert all("{reason}" in phrase for phrases in WITH_OTHERS.values() for phrase in phrases)


def test_a_user_knows_what_it_is_asked_for_only_if_that_is_not_what_is_missing() -> None:
    task = _only(SpecialKind.MISSING_FACT)
    label = _refusal(task).missing
    for phrase in QUESTIONS:
        accepting = Accepting(Voice(seeded("a")))
        words = fold(phrase.format(missing=label))
        assert accepting.knows_not(words, task.goals) in UNKNOWN
        assert accepting.knows_not(words, task.goals) == "", "said once"
    assert Accepting(Voice(seeded("a"))).knows_not("what is your name?", task.goals) == ""
    assert Accepting(Voice(seeded("a"))).knows_not(fold(f"{label}?"), ()) == ""


def test_a_user_takes_an_explanation_in_at_most_two_turns() -> None:
    goal = Goal(
        calls=(),
        request=(),
        report="",
        refusal=Refusal(kind=SpecialKind.NO_TOOL, deed="fly", reason="None of my tools can fly."),
    )
    doubted = 0
    for seed in range(60):
        accepting = Accepting(Voice(seeded(str(seed))))
        words = fold("I'm afraid I can't fly. Anything else?")
        assert Heard.of(words).offers_more
        taken, doubts = accepting.answer(words, [goal])
        assert taken
        doubted += doubts
        assert accepting.answer(words, [goal]) == ("", False)
    assert 5 < doubted < 30


def test_a_report_that_says_no_word_of_no_is_not_taken_for_an_explanation() -> None:
    task = _only(SpecialKind.NO_TOOL)
    accepting = Accepting(Voice(seeded("a")))

    assert accepting.answer(fold("Done. Anything else?"), task.goals) == ("", False)
