"""The edges of a domain, refined: which result of a tool a person would carry on to which other.

In: a certified domain.  Out: its edges, those that a model lets stand and those that it adds.  The
rules draw an edge wherever one tool gives keys of a table and another takes one.  A model is asked,
many pairs at a time, whether each of them holds, and of further pairs that the rules do not draw: a
value of one record by which another tool looks up records.

An added edge must show on an initial state: the producer is called, and a value that it really
returned is given to the consumer, which must accept it.  That shows that the call can be made; that
anybody would want to make it is the model's word.  Execution cannot show that an edge does not
hold, so an edge goes on the model's word too, unless it is the only way to a key that a tool needs,
or the last edge of a tool.
"""

import asyncio
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.domain import Column, Domain, DomainEdge, DomainTool, ToolKind
from agentscaler.domain.grounding import Grounder
from agentscaler.domain.remaking.records import left_as_drafted
from agentscaler.domain.values import ValueMaker
from agentscaler.errors import WorldError
from agentscaler.llm import MakerRecord, PartMaker, Prompt
from agentscaler.world.world import World

__all__ = ["EDGES_PROMPT", "EdgeVerdicts", "make_edges"]

EDGES_PROMPT = Prompt.read("agentscaler.domain", "edges.md")

_PAIRS = 60
"""Pairs in one question."""
_MOST_ADDED = 20
_TRIES = 4
_GIVING = frozenset({ToolKind.GET, ToolKind.LIST, ToolKind.CREATE})
_VAGUE = frozenset({"text", "sentence", "reason", "trouble", "title", "name", "choice", "category"})
"""Meanings that say too little for two columns to have values in common."""


class Verdict(BaseModel):
    """Whether one pair holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(description="the pair's number")
    holds: bool = Field(description="whether a person would carry the result on in this way")


class EdgeVerdicts(BaseModel):
    """A verdict on every pair."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdicts: tuple[Verdict, ...] = Field(max_length=2 * _PAIRS)


async def make_edges(
    domain: Domain, maker: PartMaker, seed: str
) -> tuple[tuple[DomainEdge, ...], list[MakerRecord]]:
    """The edges, in the order of the draft, added ones last; and the records, of which each speaks
    of all edges from one tool in one question ("shop/list_orders").

    Args:
        seed: of the calls that are tried.
    """
    drawn = domain.manifest.edges
    candidates = [*drawn, *_further(domain)]
    candidates.sort(key=lambda edge: edge.producer)
    kept, added = list(drawn), list[DomainEdge]()
    records: list[MakerRecord] = []
    trial = _Trial(domain, seed)
    for some in _chunks(candidates):
        found = await _ask(domain, maker, some, kept, trial)
        kept = [edge for edge in kept if edge not in found.gone]
        added += found.more
        records += found.records
    return (*kept, *added), records


class _Found(BaseModel):
    """What came of one question."""

    model_config = ConfigDict(frozen=True)

    gone: tuple[DomainEdge, ...] = ()
    more: tuple[DomainEdge, ...] = ()
    records: tuple[MakerRecord, ...] = ()


async def _ask(
    domain: Domain,
    maker: PartMaker,
    some: Sequence[DomainEdge],
    kept: Sequence[DomainEdge],
    trial: "_Trial",
) -> _Found:
    numbered = dict(enumerate(some, 1))
    subject = {edge.producer: f"{domain.id}/{edge.producer}" for edge in some}

    async def check(answer: EdgeVerdicts) -> dict[str, list[str]]:
        found = await asyncio.to_thread(_faults, domain, answer, numbered, kept, trial)
        return {subject.get(tool, ""): wrong for tool, wrong in found.items()}

    given = _given(domain, numbered, kept)
    asked = await maker.make(
        "edges", list(subject.values()), EDGES_PROMPT, given, EdgeVerdicts, check
    )
    if asked.answer is None:
        return _Found(records=asked.records)
    gone, more = _changes(asked.answer, numbered, kept)
    gone = [edge for edge in gone if subject[edge.producer] in asked.sound]
    more = [edge for edge in more if subject[edge.producer] in asked.sound]
    changed = {subject[edge.producer] for edge in (*gone, *more)}
    records = left_as_drafted(asked.records, asked.sound - changed)
    return _Found(gone=tuple(gone), more=tuple(more), records=tuple(records))


def _chunks(candidates: Sequence[DomainEdge]) -> Iterator[list[DomainEdge]]:
    """Candidates in order, those of one producer together where they fit one question."""
    some: list[DomainEdge] = []
    for producer in dict.fromkeys(edge.producer for edge in candidates):
        own = [edge for edge in candidates if edge.producer == producer]
        if some and len(some) + len(own) > _PAIRS:
            yield some
            some = []
        some += own
        while len(some) > _PAIRS:
            yield some[:_PAIRS]
            some = some[_PAIRS:]
    if some:
        yield some


def _further(domain: Domain) -> list[DomainEdge]:
    """Pairs that the rules do not draw: a column that one tool shows has the type and meaning of a
    parameter by which another looks up or fills in records of another table."""
    manifest = domain.manifest
    found = []
    for producer in manifest.tools:
        if producer.kind not in _GIVING:
            continue
        table = manifest.table[producer.table]
        for column in table.columns:
            if not _shows(producer, column) or not _is_telling(column):
                continue
            for consumer in manifest.tools:
                for name, role in consumer.arguments.items():
                    if role.kind not in {"value", "filter"} or role.table == table.name:
                        continue
                    taken = manifest.table[role.table].by_name[role.column]
                    if taken.meaning == column.meaning and _is_telling(taken):
                        edge = DomainEdge(
                            producer=producer.name,
                            consumer=consumer.name,
                            parameter=name,
                            table=table.name,
                            column=column.name,
                        )
                        found.append(edge)
    return found[:_MOST_ADDED]


def _is_telling(column: Column) -> bool:
    return (
        column.type == "text"
        and not column.enum
        and column.references is None
        and column.meaning not in _VAGUE
        and column.meaning not in {"id", "natural_key", "reference"}
    )


def _shows(tool: DomainTool, column: Column) -> bool:
    return column.name in _fields(tool)


def _fields(tool: DomainTool) -> set[str]:
    """What a tool's result shows: of one record, or of each that it lists."""
    properties = tool.returns.get("properties", {})
    inner = [
        schema["items"].get("properties", {})
        for schema in properties.values()
        if isinstance(schema, dict) and schema.get("type") == "array"
    ]
    return {*properties, *(name for one in inner for name in one)}


def _given(
    domain: Domain, numbered: dict[int, DomainEdge], kept: Sequence[DomainEdge]
) -> dict[str, object]:
    tool = domain.manifest.tool
    spoken = sorted({name for edge in numbered.values() for name in (edge.producer, edge.consumer)})
    pairs: dict[str, dict[str, dict[str, str]]] = {"drawn": {}, "further": {}}
    for number, edge in numbered.items():
        gives = edge.column or f"key of the {domain.manifest.table[edge.table].noun}"
        told = pairs["drawn" if edge in kept else "further"].setdefault(edge.producer, {})
        told[str(number)] = f"{gives} -> {edge.consumer}({edge.parameter})"
    return {
        "service": domain.manifest.title,
        "tools": {name: tool[name].description.split(". ")[0] for name in spoken},
        "pairs": pairs,
    }


def _changes(
    answer: EdgeVerdicts, numbered: dict[int, DomainEdge], kept: Sequence[DomainEdge]
) -> tuple[list[DomainEdge], list[DomainEdge]]:
    """Edges that go, and edges that come."""
    said = {one.number: one.holds for one in answer.verdicts}
    gone = [
        edge for number, edge in numbered.items() if edge in kept and not said.get(number, True)
    ]
    more = [edge for number, edge in numbered.items() if edge not in kept and said.get(number)]
    return gone, more


def _faults(
    domain: Domain,
    answer: EdgeVerdicts,
    numbered: dict[int, DomainEdge],
    kept: Sequence[DomainEdge],
    trial: "_Trial",
) -> dict[str, list[str]]:
    """What is wrong with verdicts, by producer."""
    given = [one.number for one in answer.verdicts]
    unknown = sorted({number for number in given if number not in numbered})
    if unknown:
        return {"": [f"there is no pair {number}" for number in unknown[:5]]}
    faults: dict[str, list[str]] = {}
    for number, edge in numbered.items():
        if given.count(number) != 1:
            told = f"pair {number} has {given.count(number)} verdicts; give one"
            faults.setdefault(edge.producer, []).append(told)
    gone, more = _changes(answer, numbered, kept)
    left = [edge for edge in kept if edge not in gone]
    for edge in gone:
        why = _needed(domain, edge, left)
        if why:
            number = next(one for one, other in numbered.items() if other == edge)
            faults.setdefault(edge.producer, []).append(f"pair {number} must hold: {why}")
    for edge in more:
        why = trial.fault(edge)
        if why:
            number = next(one for one, other in numbered.items() if other == edge)
            faults.setdefault(edge.producer, []).append(f"pair {number} does not hold: {why}")
    return {producer: wrong[:8] for producer, wrong in faults.items()}


def _needed(domain: Domain, edge: DomainEdge, left: Iterable[DomainEdge]) -> str:
    """Why an edge cannot go, or ""."""
    left = list(left)
    fed = {(one.consumer, one.parameter) for one in left}
    required = domain.manifest.tool[edge.consumer].parameters["required"]
    if edge.parameter in required and (edge.consumer, edge.parameter) not in fed:
        return f"{edge.consumer} needs {edge.parameter}, and nothing else gives it"
    touched = {name for one in left for name in (one.producer, one.consumer)}
    alone = sorted({edge.producer, edge.consumer} - touched)
    return f"{alone[0]} would have nothing to do with any other tool" if alone else ""


class _Trial:
    """Carries values from tool to tool on the initial states."""

    def __init__(self, domain: Domain, seed: str) -> None:
        self._domain = domain
        self._seed = seed
        self._known: dict[DomainEdge, str] = {}

    def fault(self, edge: DomainEdge) -> str:
        """Why an edge cannot be shown, or "" where it was."""
        if edge not in self._known:
            self._known[edge] = self._tried(edge)
        return self._known[edge]

    def _tried(self, edge: DomainEdge) -> str:
        why = f"{edge.producer} returned no {edge.column}"
        rng = random.Random(f"{self._seed}/{edge.producer}/{edge.consumer}/{edge.parameter}")
        manifest = self._domain.manifest
        values = ValueMaker(rng.random().hex(), manifest.now, manifest.values)
        for state in sorted(self._domain.states):
            with closing(self._domain.world(state)) as world:
                grounder = Grounder(world, manifest.table, rng, values, manifest.now)
                for _ in range(_TRIES):
                    given = self._given(world, grounder, edge)
                    for value in given[:_TRIES]:
                        why = self._refused(world, grounder, edge, value)
                        if not why:
                            return ""
                    world.reset()
        return why

    def _given(self, world: World, grounder: Grounder, edge: DomainEdge) -> list[Any]:
        """Values that the producer returns."""
        producer = self._domain.manifest.tool[edge.producer]
        arguments = grounder.ground(producer)
        if arguments is None:
            return []
        try:
            result = world.call(edge.producer, arguments)
        except WorldError:
            return []
        records = result.value if isinstance(result.value, dict) else {}
        listed = [one for part in records.values() if isinstance(part, list) for one in part]
        shown = [one[edge.column] for one in listed if isinstance(one, dict) and edge.column in one]
        own = [records[edge.column]] if edge.column in records else []
        return [value for value in dict.fromkeys([*own, *shown]) if value is not None]

    def _refused(self, world: World, grounder: Grounder, edge: DomainEdge, value: Any) -> str:
        """Why the consumer does not take a value, or ""."""
        consumer = self._domain.manifest.tool[edge.consumer]
        arguments = grounder.ground(consumer, {edge.parameter: value})
        if arguments is None:
            return f"{edge.consumer} takes no {edge.parameter} {value!r}"
        try:
            result = world.call(edge.consumer, arguments)
        except WorldError as error:
            return f"{edge.consumer} fails: {error}"
        return result.error or ""
