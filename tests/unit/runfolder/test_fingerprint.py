"""`Fingerprint`: what it depends on and how it names changes."""

import re

from agentscaler.runfolder import Fingerprint, code_version


def test_the_digest_does_not_depend_on_the_order_of_settings() -> None:
    one = Fingerprint(stage="s", settings={"a": 1, "b": {"c": 2, "d": 3}})
    two = Fingerprint(stage="s", settings={"b": {"d": 3, "c": 2}, "a": 1})
    assert one.digest == two.digest


def test_every_part_changes_the_digest() -> None:
    base = Fingerprint(stage="s")
    others = [
        Fingerprint(stage="t"),
        Fingerprint(stage="s", upstream="u"),
        Fingerprint(stage="s", inputs={"i": "1"}),
        Fingerprint(stage="s", settings={"a": 1}),
        Fingerprint(stage="s", seed=1),
        Fingerprint(stage="s", code="c"),
    ]
    assert len({base.digest, *(other.digest for other in others)}) == 7


def test_changes_are_named_one_by_one() -> None:
    before = Fingerprint(
        stage="domains",
        inputs={"botocore": "1.35", "old.json": "x"},
        settings={"limit": None, "deep": {"a": 1, "same": 2}},
        seed=1,
        code="c",
        upstream="u",
    )
    after = Fingerprint(
        stage="domains",
        inputs={"botocore": "1.36", "new.json": "y"},
        settings={"limit": 10, "deep": {"a": [2], "same": 2}},
        seed=2,
        code="d",
        upstream="v",
    )
    assert after.changes_since(before) == [
        "domains setting deep.a was 1, is [2]",
        "domains setting limit was unset, is 10",
        "input botocore changed",
        "input new.json is new",
        "input old.json is gone",
        "the seed was 1, is 2",
        "the program's code changed",
        "the stage before it was redone",
    ]
    assert after.changes_since(after) == []


def test_the_code_version_depends_on_the_packages_named() -> None:
    errors = code_version(("errors",))
    assert re.fullmatch("[0-9a-f]{64}", errors)
    assert errors != code_version(("errors", "runfolder"))
    assert code_version(("runfolder",)) != code_version(("engine",))
