"""What the own suite adds to a report: which tasks a figure speaks of, and which were left out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from agentscaler.evaluation.report_page import ReportSection, table

__all__ = ["choice_section"]

_NAMED_AT_MOST = 10


def choice_section(choice: Mapping[str, Any]) -> ReportSection:
    """The section on what was chosen.

    Args:
        choice: a `Choice` as plain values, with the number of its tasks.
    """
    kin = dict(sorted(choice["kin"].items()))
    return ReportSection(
        name="chosen",
        title="Which tasks",
        lines=tuple(_lines(choice, kin)),
        content={
            "domains_of_the_split": choice["of_split"],
            "domains": len(choice["family"]),
            "families": len(set(choice["family"].values())),
            "tasks": choice["tasks"],
            "left_out_as_kin_to_training": {
                name: {"like": other, "how": how} for name, (other, how) in kin.items()
            },
            "left_out": dict(choice["left_out"]),
        },
    )


def _lines(choice: Mapping[str, Any], kin: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    families = len(set(choice["family"].values()))
    yield (
        f"{choice['tasks']:,} tasks of {len(choice['family']):,} domains of {families:,} families;"
        f" the split has {choice['of_split']:,} domains. A family is what is of one service or"
        " shares half of its tools; intervals are made over families."
    )
    if kin:
        ways = Counter(how for _, how in kin.values())
        told = ", ".join(f"{n:,} for {how}" for how, n in sorted(ways.items()))
        yield ""
        yield (
            f"Left out because a domain that is trained on is like them: {len(kin):,} domains"
            f" ({told})."
        )
        yield ""
        rows = [[name, other, how] for name, (other, how) in kin.items()]
        yield from table(("left out", "like the training domain", "by"), rows[:_NAMED_AT_MOST])
        if len(rows) > _NAMED_AT_MOST:
            yield ""
            yield f"{len(rows) - _NAMED_AT_MOST:,} more stand in `report.json`."
    if choice["left_out"]:
        told = ", ".join(f"{reason} {n:,}" for reason, n in choice["left_out"].items())
        yield from ("", f"Left out besides: {told}.")
