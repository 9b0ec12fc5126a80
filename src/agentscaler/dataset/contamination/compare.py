"""What one domain of a training run has in common with the benchmarks of an index."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentscaler.dataset.contamination.identifiers import tokens
from agentscaler.dataset.contamination.index import ContaminationIndex, IndexedTool
from agentscaler.dataset.contamination.overlap import Overlap, OverlapKind, merge_overlaps
from agentscaler.dataset.contamination.parameters import jaccard, name_key, parameter_types

__all__ = ["NEAR", "compare_domain"]

NEAR = 0.8
"""Share of parameters in common that makes two tools' schemas nearly the same."""
FEWEST = 3
"""Parameters that a schema needs for telling one tool from another."""

Schema = frozenset[tuple[str, str]]


def compare_domain(
    domain: str,
    tools: Mapping[str, tuple[str, Any]],
    texts: Iterable[tuple[str, str]],
    quiet: Iterable[tuple[str, str]],
    index: ContaminationIndex,
) -> list[Overlap]:
    """The overlaps of one domain, each once.

    Args:
        domain: its id.
        tools: description and JSON Schema of the arguments, by name.
        texts: what is said: policy, requests, turns; each with its place.
        quiet: what is only looked through for identifiers: arguments and results of calls.
    """
    found = list(_compare_tools(domain, tools, index))
    if index.has_content:
        said = [
            *((f"tool {name} of {domain}", about) for name, (about, _) in sorted(tools.items())),
            *texts,
        ]
        found += _compare_texts(said, index)
        found += _compare_identifiers([*said, *quiet], index)
    return [one.model_copy(update={"domains": 1}) for one in merge_overlaps(found)]


def _compare_tools(
    domain: str, tools: Mapping[str, tuple[str, Any]], index: ContaminationIndex
) -> Iterator[Overlap]:
    for name, (_, schema) in sorted(tools.items()):
        ours = parameter_types(schema)
        place = f"tool {name} of {domain}"
        yield from _same_names(name, ours, place, index)
        yield from _same_schemas(name, ours, place, index)


def _same_names(
    name: str, ours: Schema, place: str, index: ContaminationIndex
) -> Iterator[Overlap]:
    for indexed in index.by_name.get(name_key(name), ()):
        tool = indexed.tool
        yield Overlap(
            kind=OverlapKind.NAMES,
            benchmark=indexed.benchmark,
            theirs=f"tool {tool.name} of {tool.place}",
            ours=place,
            common=name,
            score=None if tool.parameters is None else round(jaccard(ours, tool.parameters), 3),
            note="" if name == tool.name else "spelled in another way",
        )


def _same_schemas(
    name: str, ours: Schema, place: str, index: ContaminationIndex
) -> Iterator[Overlap]:
    """Tools with nearly the same parameters; those of the same names and other types too."""
    if len(ours) < FEWEST:
        return
    met: dict[IndexedTool, int] = {}
    for parameter in sorted(ours):
        for indexed in index.by_parameter.get(parameter, ()):
            met[indexed] = met.get(indexed, 0) + 1
    for indexed, shared in met.items():
        theirs = indexed.tool.parameters or frozenset()
        share = shared / (len(ours) + len(theirs) - shared)
        same_names = {one for one, _ in ours} == {one for one, _ in theirs}
        if len(theirs) < FEWEST or (share < NEAR and not same_names):
            continue
        note = "the same parameters" if share == 1 else "nearly the same parameters"
        if same_names and share < 1:
            note = "the same parameters, of other types"
        yield Overlap(
            kind=OverlapKind.SCHEMAS,
            benchmark=indexed.benchmark,
            theirs=f"tool {indexed.tool.name} of {indexed.tool.place}",
            ours=place,
            common=f"{name}: {_listed(ours & theirs)}",
            score=round(share, 3),
            note=note,
        )


def _listed(parameters: Schema) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in sorted(parameters))


def _compare_texts(
    texts: Iterable[tuple[str, str]], index: ContaminationIndex
) -> Iterator[Overlap]:
    seen: set[str] = set()
    for place, text in texts:
        if text in seen:
            continue
        seen.add(text)
        for match in index.passages.find(text):
            for benchmark, passage in index.holders[match.passage]:
                yield Overlap(
                    kind=OverlapKind(passage.kind),
                    benchmark=benchmark,
                    theirs=passage.place,
                    ours=place,
                    common=match.common,
                    score=match.coverage,
                    note=f"{match.words} words in a row",
                )


def _compare_identifiers(
    texts: Iterable[tuple[str, str]], index: ContaminationIndex
) -> Iterator[Overlap]:
    seen: set[str] = set()
    for place, text in texts:
        for token in sorted(index.known.intersection(tokens(text)) - seen):
            seen.add(token)
            for benchmark, theirs in index.identifiers[token]:
                yield Overlap(
                    kind=OverlapKind.IDENTIFIERS,
                    benchmark=benchmark,
                    theirs=theirs,
                    ours=place,
                    common=token,
                )
