"""Which dialogues a point learns from."""

from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.point import PhasePlan, Point, SharePlan
from agentscaler.experiment.running import _stream


def dialogue(name: str, **more: object) -> Dialogue:
    fields = {"id": name, "task": name, "domain": name[0], "service": "", "kind": "read"}
    counts = {"role": "train", "calls": 1, "tokens": 10, "learned": 2}
    return Dialogue.model_validate({**fields, **counts, **more})


DIALOGUES = [
    dialogue("a/0", kept_by=("whole", "none")),
    dialogue("a/1", kept_by=("none",)),
    dialogue("a/2", role="unseen", kept_by=("whole", "none")),
    dialogue("b/0", kept_by=("whole", "none")),
    dialogue("a/3", source="vertical"),
    dialogue("c/0", role="held_out", kept_by=("whole", "none")),
]


def places(share: SharePlan) -> set[int]:
    phase = PhasePlan(name="general", shares=(share,))
    point = Point(id="p", label="p", size=1, seed=0, phases=(phase,), trials=())
    return set(_stream(phase, point, DIALOGUES).places)


def test_only_train_dialogues_of_its_domains_and_source_are_learned_from() -> None:
    assert places(SharePlan(domains=("a",), tokens=500)) == {0, 1}
    assert places(SharePlan(domains=("a", "c"), tokens=500)) == {0, 1}
    assert places(SharePlan(source="vertical", domains=("a",), tokens=500)) == {4}


def test_what_a_funnel_turns_away_is_not_learned_from() -> None:
    assert places(SharePlan(domains=("a", "b"), tokens=500, kept_by="whole")) == {0, 3}
    assert places(SharePlan(domains=("a", "b"), tokens=500, kept_by="none")) == {0, 1, 3}
