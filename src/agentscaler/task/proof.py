"""Proofs: a task is kept only if running it shows that right and wrong can be told apart.

Gold is replayed in a fresh world, and so is everything that comes near it without being right:
nothing at all, gold less one write, gold with one write done to another row or with another value.
Each must end elsewhere.  What is as right as gold must end where gold does: gold with its
independent neighbours swapped, and gold with reads on the side.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.domain.schema import quote
from agentscaler.errors import WorldError
from agentscaler.task.special_proof import prove_special
from agentscaler.task.task import Goal, GoldCall, Proof
from agentscaler.world.world import World

__all__ = ["prove"]

_SIDE_READS = 3

Call = tuple[str, dict[str, Any]]


def prove(
    domain: Domain, state: str, gold: Sequence[GoldCall], goals: Sequence[Goal], state_hash: str
) -> Proof:
    """Runs gold and its neighbours in fresh worlds.

    Args:
        state_hash: of the final state that the walk reached.
    """
    calls = [(call.tool, call.arguments) for call in gold]
    results, final = _replay(domain, state, calls)
    untouched = _replay(domain, state, ())[1]
    writes = [index for index, call in enumerate(gold) if call.effect == "write"]
    dropped = [[*calls[:index], *calls[index + 1 :]] for index in writes]
    with domain.world(state) as world:
        changed = [
            [*calls[:index], mutant, *calls[index + 1 :]]
            for index in writes
            for mutant in _mutants(domain, world, gold[index])
        ]
    same = [*_swapped(gold, calls), _with_reads(domain, gold, calls)]
    proof = Proof(
        gold_passes=final == state_hash and results == [call.result for call in gold],
        nothing_fails=untouched != state_hash
        or any(goal.answers or goal.refusal is not None for goal in goals),
        writes=len(writes),
        dropped_writes_fail=sum(_ends(domain, state, other) != state_hash for other in dropped),
        mutants=len(changed),
        mutants_fail=sum(_ends(domain, state, mutant) != state_hash for mutant in changed),
        variants=len(same),
        variants_pass=sum(_ends(domain, state, variant) == state_hash for variant in same),
    )
    return prove_special(domain, state, gold, goals, state_hash, proof)


def _replay(domain: Domain, state: str, calls: Sequence[Call]) -> tuple[list[object], str]:
    """The results of calls in a fresh world, and the hash of where it ends."""
    with domain.world(state) as world:
        try:
            results = [world.call(tool, arguments).value for tool, arguments in calls]
        except WorldError:
            return [], ""
        return results, world.state_hash()


def _ends(domain: Domain, state: str, calls: Sequence[Call]) -> str:
    return _replay(domain, state, calls)[1]


def _mutants(domain: Domain, world: World, call: GoldCall) -> Iterator[Call]:
    """A write with one argument wrong: another row, another value."""
    tool = domain.manifest.tool[call.tool]
    for name, value in call.arguments.items():
        role = tool.arguments[name]
        other = (
            _other_key(domain, world, role.table, value)
            if role.kind in {"key", "reference"}
            else _other_value(tool.parameters["properties"][name], value)
        )
        if other is not None:
            yield call.tool, {**call.arguments, name: other}


def _other_key(domain: Domain, world: World, table: str, key: str) -> str | None:
    column = quote(domain.manifest.table[table].key[0])
    rows = world.query(
        f"SELECT {column} AS key FROM {quote(table)} WHERE {column} != ? ORDER BY 1 LIMIT 1", key
    )
    return str(rows[0]["key"]) if rows else None


def _other_value(schema: dict[str, Any], value: Any) -> Any:
    if "enum" in schema:
        return next((other for other in schema["enum"] if other != value), None)
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, (int, float)) else f"{value} too"


def _swapped(gold: Sequence[GoldCall], calls: Sequence[Call]) -> Iterator[list[Call]]:
    """Gold with two neighbours swapped that do not need each other and touch different rows."""
    for index in range(len(gold) - 1):
        first, second = gold[index], gold[index + 1]
        if not _needs(second, index) and not _shared(first, second):
            swapped = list(calls)
            swapped[index], swapped[index + 1] = calls[index + 1], calls[index]
            yield swapped


def _needs(call: GoldCall, index: int) -> bool:
    return any(origin.call == index for origin in call.provenance.values())


def _shared(first: GoldCall, second: GoldCall) -> bool:
    """Whether two calls name a value in common, or one names what the other made."""
    if {first.effect, second.effect} == {"read"}:
        return False
    named = {str(value) for value in first.arguments.values()}
    other = {str(value) for value in second.arguments.values()}
    made = {str(value) for call in (first, second) for value in _keys_made(call)}
    return bool(named & other or made & (named | other))


def _keys_made(call: GoldCall) -> list[Any]:
    values = call.result.values() if isinstance(call.result, dict) else ()
    return [value for value in values if isinstance(value, str)] if call.effect == "write" else []


def _with_reads(domain: Domain, gold: Sequence[GoldCall], calls: Sequence[Call]) -> list[Call]:
    """Gold with reads of its own strewn in once more."""
    rng = random.Random(len(gold))
    reads: list[Call] = [(call.tool, call.arguments) for call in gold if call.effect == "read"]
    free: list[Call] = [
        (tool.name, {}) for tool in domain.manifest.tools if _asks_nothing(domain, tool.name)
    ]
    strewn = list(calls)
    for read in [*reads, *free][:_SIDE_READS]:
        strewn.insert(rng.randint(0, len(strewn)), read)
    return strewn


def _asks_nothing(domain: Domain, name: str) -> bool:
    tool = domain.manifest.tool[name]
    return tool.effect == "read" and not tool.parameters["required"]
