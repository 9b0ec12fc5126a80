"""The report that a person reads."""

from agentscaler.dataset.contamination import (
    Benchmark,
    BenchmarkTool,
    ContaminationReport,
    Overlap,
    OverlapKind,
    Passage,
    describe_benchmark,
    render_report,
)

NAMED = Benchmark("named", tools=[BenchmarkTool("weigh", "parcels")])
READ = Benchmark(
    "read",
    tools=[BenchmarkTool("weigh", "parcels", frozenset())],
    passages=[Passage("policies", "policy.md", "Be kind.")],
    identifiers={"W4821390": "task 7"},
    files=3,
    unread=["broken.py: broken.py is not Python"],
)


def overlap(number: int, kind: OverlapKind = OverlapKind.NAMES) -> Overlap:
    return Overlap(
        kind=kind,
        benchmark="read",
        theirs=f"tool weigh|{number}",
        ours="tool weigh of post",
        common="weigh",
        score=None if kind is OverlapKind.NAMES else 0.5,
    )


def report(*overlaps: Overlap, fail_on: tuple[str, ...] = (), refused: int = 0) -> str:
    made = ContaminationReport(
        domains=1,
        dialogues=20,
        tools=8,
        benchmarks=(describe_benchmark(NAMED, 0), describe_benchmark(READ, 1)),
        overlaps=overlaps,
        fail_on=fail_on,
        refused=refused,
    )
    return render_report(made)


def test_it_says_what_was_looked_for_and_what_was_not() -> None:
    text = report()
    assert "(1 domain, 8 tools, 20 dialogues) was held against 2 benchmarks" in text
    assert "| named | 1 | - | 0 | 0 |" in text
    assert "| read | 1 | 1 policies | 1 | 1 |" in text
    assert "Of named only names of tools are known" in text
    assert "- read: not read: broken.py: broken.py is not Python" in text
    assert "No limits were set" in text


def test_every_kind_has_its_evidence_and_long_lists_are_cut() -> None:
    text = report(*(overlap(number) for number in range(30)), overlap(0, OverlapKind.POLICIES))
    assert "## Names of tools in common with read: 30" in text
    assert r"| tool weigh\|0 | tool weigh of post | 1 | - | weigh | - |" in text
    assert "And 5 more, in `contamination.json`." in text
    assert "## Policies in common with read: 1" in text
    assert "| read | 0 | 30 | 0 | 0 | 1 | 0 | 0 |" in text


def test_the_limits_and_their_outcome_stand_at_the_top() -> None:
    assert "**1 overlap is not allowed** by the limits: names." in report(
        overlap(0), fail_on=("names",), refused=1
    )
    assert "The limits allow all of it: policies." in report(overlap(0), fail_on=("policies",))
