"""Verdicts counted, and what people see of the counts."""

from agentscaler.filtering import FunnelReason, FunnelStage, Verdict, count_verdicts
from agentscaler.filtering.recovery import RefusalKind
from agentscaler.filtering.report import funnel_page, funnel_plot
from agentscaler.filtering.tally import LENGTHS, length_of


def _verdict(
    domain: str, stage: FunnelStage, reason: FunnelReason, calls: int, *refusals: RefusalKind
) -> Verdict:
    kept = stage is FunnelStage.PASSED
    return Verdict(
        trajectory=f"{domain}/000/0",
        task=f"{domain}/000",
        domain=domain,
        kept=kept,
        stage=stage,
        reason=reason,
        calls=calls,
        refusals=refusals,
        mistakes=("garbled_id",) if refusals else (),
        recovered=kept and bool(refusals),
    )


SLIPS = (RefusalKind.UNKNOWN_TOOL, RefusalKind.UNKNOWN_TOOL)
VERDICTS = (
    _verdict("shop", FunnelStage.PASSED, FunnelReason.PASSED, 2),
    _verdict("shop", FunnelStage.PASSED, FunnelReason.PASSED, 4, *SLIPS),
    _verdict("shop", FunnelStage.ALIGNMENT, FunnelReason.WRONG_STATE, 4),
    _verdict("zoo", FunnelStage.VALIDITY, FunnelReason.REPETITION, 30),
    _verdict("zoo", FunnelStage.MATCHING, FunnelReason.EXTRA_CALL, 3, RefusalKind.RULE),
)


def test_verdicts_are_counted_by_stage_reason_length_and_domain() -> None:
    tally = count_verdicts(VERDICTS, {"agent": 2})
    assert (tally.judged, tally.kept, tally.recovered) == (5, 2, 1)
    assert tally.reasons[FunnelStage.ALIGNMENT] == {"wrong_state": 1}
    assert {length: sum(counts.values()) for length, counts in tally.lengths.items()} == {
        "2": 1,
        "3-4": 3,
        "17+": 1,
    }
    assert tally.domains["shop"][FunnelStage.PASSED] == 2
    assert FunnelStage.PASSED not in tally.domains["zoo"]
    assert tally.failed == {"agent": 2}


def test_a_recovery_counts_once_for_each_kind_and_only_where_it_is_kept() -> None:
    tally = count_verdicts(VERDICTS)
    assert tally.refusals == {"unknown_tool": 1}
    assert tally.mistakes == {"garbled_id": 1}


def test_what_is_left_shrinks_from_stage_to_stage() -> None:
    tally = count_verdicts(VERDICTS)
    stages = (FunnelStage.VALIDITY, FunnelStage.ALIGNMENT, FunnelStage.MATCHING)
    assert [tally.left_after(stage) for stage in stages] == [4, 3, 2]


def test_every_number_of_calls_has_its_place() -> None:
    places = [LENGTHS.index(length_of(calls)) for calls in range(40)]
    assert places == sorted(places)
    assert set(places) == set(range(len(LENGTHS)))


def test_the_page_and_the_plot_show_the_counts() -> None:
    tally = count_verdicts(VERDICTS, {"agent": 2})
    page = funnel_page(tally, "funnel.svg")
    for line in (
        "2 of 5 trajectories are kept (40.0%), 1 of them with a recovery",
        "| rollout | 7 | 2 (2 agent) | 5 |",
        "| alignment | 4 | 1 | 3 | 60.0% |",
        "| matching | extra_call | 1 |",
        "| 3-4 | 3 | 0 | 1 | 1 | 1 | 33.3% |",
        "| unknown_tool | 1 |",
        "| garbled_id | 1 |",
        "| zoo | 2 | 1 | 0 | 1 | 0 | 0.0% |",
    ):
        assert line in page
    plot = funnel_plot(tally)
    assert plot.startswith("<svg")
    assert plot.count("<rect") == 1 + 4 + 5


def test_a_funnel_without_trajectories_is_a_page_too() -> None:
    tally = count_verdicts(())
    assert "0 of 0" in funnel_page(tally, "funnel.svg")
    assert funnel_plot(tally).endswith("</svg>\n")
