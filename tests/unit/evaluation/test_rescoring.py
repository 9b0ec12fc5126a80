"""Where scores of today differ from those that were kept."""

from agentscaler.evaluation import TrialResult
from agentscaler.evaluation.rescoring import compare_scores


def trial(task: str, success: bool = True, **more: object) -> TrialResult:
    given: dict[str, object] = {"task": task, "trial": 0, "group": "g", "success": success}
    return TrialResult.model_validate(given | {"reward": float(success)} | more)


def test_like_scores_are_no_difference_whatever_the_tokens() -> None:
    stored = [trial("a", prompt_tokens=5, seconds=1.0), trial("b", False, reason="x")]
    found = compare_scores(stored, [trial("b", False, reason="x"), trial("a")])
    assert found.differences == ()
    assert (found.scored, found.without) == (2, 0)


def test_a_difference_says_what_and_why() -> None:
    stored = [trial("a"), trial("b", False, reason="x", detail="long ago"), trial("c")]
    fresh = [trial("a", False, reason="y", detail="now"), trial("b")]
    found = compare_scores(stored, fresh)
    assert [one.slot.task for one in found.differences] == ["a", "b"]
    assert found.differences[0].what[0] == "success True -> False"
    assert [one.why for one in found.differences] == ["now", "before: long ago"]
    assert found.changes == {"now wrong": 1, "now right": 1}
    assert (found.scored, found.without) == (2, 1)
    assert [one.success for one in found.results] == [False, True, True]


def test_a_further_score_that_is_another_is_a_difference() -> None:
    found = compare_scores([trial("a", scores={"exact": 1.0})], [trial("a", scores={"exact": 0.0})])
    assert found.differences[0].what == ("exact 1.0 -> 0.0",)
    assert found.changes == {"other": 1}
