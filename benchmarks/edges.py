"""How right the directed edges and the read/write verdicts are, on the real pool.

`edge_labels.jsonl` holds candidates (producer, consumer, parameter) with a verdict of ours: does
the result of the one hold a key that the parameter of the other takes, which the caller did not
have before?  A name that is chosen, a value that is copied, and a key that goes into the producer
are no edges; what a create makes is.  Candidates were drawn by service in three ways (equal names,
edges of an early version, loosely alike names) and shuffled, so that nothing told which was which
when they were judged.  A third of the services was held out while the rules were made.  Rounds 2, 3
and 4 were drawn later, from the edges of the version of that time and from services not looked at
before (round 2 with equal names mixed in).  What rounds 2 and 3 showed was mended, so they count as
seen; three verdicts of round 2 were put right when the whole schemas were read again.  Nothing was
changed after round 4.  Rounds 3 and 4 hold edges alone, so they were not judged blind and say
nothing of recall.

The read/write verdicts are compared with what the models of AWS mark `readonly` and with HTTP
methods, both hidden from the rules, which are left with the verbs.

    python benchmarks/edges.py
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from agentscaler.corpus import ToolSpec, load_corpus
from agentscaler.graph.dependencies import dependency_edges
from agentscaler.graph.operation import read_operation

LABELS = Path(__file__).with_name("edge_labels.jsonl")
READ_METHODS = {"GET", "HEAD"}
WRITE_METHODS = {"PUT", "PATCH", "DELETE"}
Label = dict[str, Any]
GROUPS: tuple[tuple[str, Callable[[Label], bool]], ...] = (
    ("seen, round 1", lambda label: label["round"] == 1 and not label["held_out"]),
    ("seen, round 2", lambda label: label["round"] == 2),
    ("seen, round 3", lambda label: label["round"] == 3),
    ("held out", lambda label: label["round"] == 1 and label["held_out"]),
    ("round 4", lambda label: label["round"] == 4),
    ("all", lambda label: True),
)


def found_edges(tools: list[ToolSpec], services: set[str]) -> set[tuple[str, str, str]]:
    """The edges of some services, as ids and parameter names."""
    part = [tool for tool in tools if tool.service in services]
    edges = dependency_edges(part)
    return {
        (part[producer].id, part[consumer].id, edges.names[parameter])
        for producer, consumer, parameter in zip(
            edges.producer, edges.consumer, edges.parameter, strict=True
        )
    }


def print_edges(tools: list[ToolSpec]) -> None:
    lines = LABELS.read_text(encoding="utf-8").splitlines()
    service = {tool.id: tool.service for tool in tools}
    labels = [label for label in map(json.loads, lines) if label["producer"] in service]
    found = found_edges(tools, {service[label["producer"]] for label in labels})
    print(f"Directed edges, {len(labels)} of {len(lines)} labels are of this pool's tools")
    columns = ("labels", "services", "precision", "recall", "of name matches")
    print("".ljust(16) + "".join(f"{column:>17}" for column in columns))
    for name, belongs in GROUPS:
        group = [label for label in labels if belongs(label)]
        if not group:
            continue
        verdicts = Counter(
            (label["label"], (label["producer"], label["consumer"], label["parameter"]) in found)
            for label in group
        )
        right, wrong = verdicts["yes", True], verdicts["no", True]
        matches = [label for label in group if label["drawn"] == "name"]
        useful = sum(label["label"] == "yes" for label in matches)
        cells = [
            str(len(group)),
            str(len({service[label["producer"]] for label in group})),
            share(right, right + wrong),
            share(right, right + verdicts["yes", False]),
            share(useful, len(matches)),
        ]
        print(name.ljust(16) + "".join(f"{cell:>17}" for cell in cells))
    print("of name matches: the share of candidates drawn for equal names that are edges at all\n")


def print_effects(tools: list[ToolSpec]) -> None:
    print("Read or write, told by the verb alone")
    marked = [tool for tool in tools if tool.provider == "aws" and tool.effect == "read"]
    print_effect("AWS `readonly`", marked, lambda tool: "read")
    for provider in ("aws", "google"):
        methods = READ_METHODS | WRITE_METHODS
        part = [tool for tool in tools if tool.provider == provider and tool.method in methods]
        print_effect(f"{provider}, HTTP method", part, by_method)


def by_method(tool: ToolSpec) -> str:
    return "read" if tool.method in READ_METHODS else "write"


def print_effect(name: str, tools: Iterable[ToolSpec], expected: Callable[[ToolSpec], str]) -> None:
    right = total = 0
    for tool in tools:
        blind = tool.model_copy(update={"effect": None, "method": None})
        right += read_operation(blind).effect == expected(tool)
        total += 1
    print(f"  {name:<22}{total:>8,} operations {share(right, total):>8} right")


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def main() -> None:
    tools = load_corpus(["botocore", "google"]).tools
    print_edges(tools)
    print_effects(tools)


if __name__ == "__main__":
    main()
