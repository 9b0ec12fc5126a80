"""A domain held against benchmarks: planted overlaps are found, with their evidence."""

from typing import Any

import pytest

from agentscaler.dataset.contamination import (
    Benchmark,
    BenchmarkTool,
    ContaminationIndex,
    Overlap,
    OverlapKind,
    Passage,
    compare_domain,
    merge_overlaps,
    refused,
)
from agentscaler.dataset.contamination.parameters import parameter_types

from . import checkouts

SCHEMA = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("parcel_id", "street", "zip_code")},
        "weight": {"type": "number"},
    },
}
BENCH = Benchmark(
    "bench",
    tools=[BenchmarkTool("redirect_parcel", "parcels", parameter_types(SCHEMA))],
    passages=[
        Passage("policies", "policy.md", checkouts.POLICY),
        Passage("intents", "task 7", checkouts.REQUEST),
        Passage("descriptions", "tool redirect_parcel of parcels", checkouts.DESCRIPTION),
    ],
    identifiers={"W4821390": "task 7"},
)


def compared(
    tools: dict[str, tuple[str, Any]] | None = None,
    texts: tuple[str, ...] = (),
    quiet: tuple[str, ...] = (),
    benchmark: Benchmark = BENCH,
) -> list[Overlap]:
    return compare_domain(
        "post",
        tools or {},
        [(f"text {number}", text) for number, text in enumerate(texts)],
        [(f"result {number}", text) for number, text in enumerate(quiet)],
        ContaminationIndex([benchmark]),
    )


def test_a_tool_of_another_spelling_is_found_with_the_share_of_its_parameters() -> None:
    other = {"properties": {"parcelId": {"type": "string"}, "city": {"type": "string"}}}
    [found] = compared({"parcelRedirect": ("Send it.", other)})
    assert found == Overlap(
        kind=OverlapKind.NAMES,
        benchmark="bench",
        theirs="tool redirect_parcel of parcels",
        ours="tool parcelRedirect of post",
        common="parcelRedirect",
        score=0.2,
        note="spelled in another way",
    )


def test_a_tool_under_another_name_is_found_by_its_parameters() -> None:
    [found] = compared({"send_on": ("Send it.", SCHEMA)})
    assert (found.kind, found.score, found.note) == ("schemas", 1.0, "the same parameters")
    assert "send_on: parcel_id (string)" in found.common


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"weight": {"type": "integer"}}, "the same parameters, of other types"),
        ({"note": {"type": "string"}}, "nearly the same parameters"),
    ],
)
def test_parameters_that_are_nearly_the_same_are_found(changed: Any, note: str) -> None:
    [found] = compared({"send_on": ("", {"properties": {**SCHEMA["properties"], **changed}})})
    assert found.note == note


def test_two_parameters_tell_no_tools_apart() -> None:
    two = {"properties": {"parcel_id": {"type": "string"}, "street": {"type": "string"}}}
    small = Benchmark("bench", tools=[BenchmarkTool("x", "y", parameter_types(two))])
    assert not compared({"send_on": ("", two)}, benchmark=small)


def test_policies_requests_and_descriptions_are_found_wherever_they_stand() -> None:
    found = compared(
        {"send_on": (checkouts.DESCRIPTION, {})},
        ("Hello.", f"Read this: {checkouts.POLICY}", checkouts.REQUEST.upper()),
    )
    assert [(one.kind, one.theirs, one.ours) for one in found] == [
        ("descriptions", "tool redirect_parcel of parcels", "tool send_on of post"),
        ("policies", "policy.md", "text 1"),
        ("intents", "task 7", "text 2"),
        ("identifiers", "task 7", "text 2"),
    ]
    assert found[0].common.startswith("send a parcel to another address")


def test_a_text_that_two_benchmarks_have_is_told_of_both() -> None:
    other = Benchmark("other", passages=[Passage("intents", "task 9", checkouts.REQUEST)])
    index = ContaminationIndex([BENCH, other])
    found = compare_domain("post", {}, [("text", checkouts.REQUEST)], [], index)
    intents = [(one.benchmark, one.theirs) for one in found if one.kind == "intents"]
    assert intents == [("bench", "task 7"), ("other", "task 9")]


def test_identifiers_are_found_in_what_tools_gave_and_texts_are_not() -> None:
    [found] = compared(quiet=(f'{{"id":"#W4821390","note":"{checkouts.POLICY}"}}',))
    assert (found.kind, found.common, found.ours) == ("identifiers", "W4821390", "result 0")


def test_a_run_of_another_trade_has_nothing_in_common() -> None:
    tools = {"feed_animal": ("Feed it.", {"properties": {"animal_id": {"type": "string"}}})}
    assert not compared(tools, ("Please feed the owl with the id owl-9317 and tell me.",))


def test_an_overlap_counts_its_domains_and_keeps_its_best_evidence() -> None:
    weak, strong = (
        Overlap(
            kind=OverlapKind.POLICIES,
            benchmark="bench",
            theirs="policy.md",
            ours=f"dialogue {score}",
            common="some words",
            score=score,
        )
        for score in (0.5, 0.9)
    )
    [merged] = merge_overlaps([weak, strong, weak])
    assert (merged.score, merged.ours, merged.domains) == (0.9, "dialogue 0.9", 3)


def test_limits_refuse_by_kind_and_score() -> None:
    found = compared({"parcelRedirect": ("", SCHEMA)}, (checkouts.REQUEST,))
    assert {one.kind for one in refused(found, ["names:0.9", "identifiers"])} == {
        "names",
        "identifiers",
    }
    assert not refused(found, [])
    assert not refused(found, ["policies"])
    bare = Benchmark("bench", tools=[BenchmarkTool("redirect_parcel", "parcels")])
    named = compared({"redirect_parcel": ("", SCHEMA)}, benchmark=bare)
    assert refused(named, ["names"])
    assert not refused(named, ["names:0.1"]), "what is not known is not above a threshold"


@pytest.mark.parametrize("limit", ["name", "names:much", "names:2", "names:-1", ""])
def test_a_limit_that_cannot_be_read_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match=r"kind|threshold"):
        refused([], [limit])
