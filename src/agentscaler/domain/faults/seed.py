"""`seed_faults`: the source of tools with one fault in it, in every way and place that it fits.

A mutant counts only if it behaves otherwise than the right source.  Six rules leave out those that
cannot; they look at the source, never at what a check says of it:

- the mutant reads the same as the right source;
- it leaves out a lookup whose keys the function refuses without it: it makes the lookup again for
  its result, or asks for a row that refers to the key;
- it is in a refusal that is never made: of a lookup that only fetches rows just made or found;
- it is in a field of a row that no caller uses;
- it leaves out an order in which the key of a table gives its rows anyway;
- it leaves out, or blinds, a guard whose refusal the database itself makes: a key or unique value
  that is taken, a delete of a row that others refer to.
"""

import ast
import copy
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from agentscaler.domain.domain import DomainTool, Table
from agentscaler.domain.faults.fault import Fault, Mutant
from agentscaler.domain.faults.in_code import Replacement, faults_in_code
from agentscaler.domain.faults.in_sql import faults_in_sql
from agentscaler.domain.faults.scope import Scope
from agentscaler.world.tree import parse

__all__ = ["choose_faults", "seed_faults"]

_KEPT = "KEPT = {'calls': 0}"


def seed_faults(
    source: str, tools: Iterable[DomainTool], tables: Mapping[str, Table]
) -> Iterator[Mutant]:
    """Every fault in every place, in the order of the source.

    Args:
        source: the module of the tools.
        tables: by name.
    """
    module = parse(source)
    by_name = {tool.name: tool for tool in tools}
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    helpers = frozenset(functions) - by_name.keys()
    users = _users(functions, by_name)
    texts = [ast.unparse(node) for node in module.body]
    scopes = {
        name: Scope(node, by_name.get(name), tables, helpers) for name, node in functions.items()
    }
    refusing = _refusing(scopes)
    for position, node in enumerate(module.body):
        if not isinstance(node, ast.FunctionDef) or not users[node.name]:
            continue
        scope = replace(
            scopes[node.name],
            may_refuse=node.name in refusing,
            fields=_fields(node.name, scopes) if node.name in helpers else None,
        )
        for fault, change, text in _wrong_functions(scope):
            if text == texts[position]:
                continue
            kept = [_KEPT] if fault is Fault.LEAKED_STATE else []
            parts = [*kept, *texts[:position], text, *texts[position + 1 :]]
            yield Mutant(fault, node.name, users[node.name], change, "\n\n".join(parts) + "\n")


def choose_faults(mutants: Iterable[Mutant], count: int, seed: str | int) -> list[Mutant]:
    """At most `count` of the mutants, of as many kinds as there are."""
    rng = random.Random(f"faults/{seed}")
    by_kind: dict[Fault, list[Mutant]] = {}
    for mutant in mutants:
        by_kind.setdefault(mutant.fault, []).append(mutant)
    kinds = [kind for kind in Fault if kind in by_kind]
    rng.shuffle(kinds)
    for kind in kinds:
        rng.shuffle(by_kind[kind])
    chosen: list[Mutant] = []
    while len(chosen) < count and any(by_kind.values()):
        for kind in kinds:
            if by_kind[kind] and len(chosen) < count:
                chosen.append(by_kind[kind].pop())
    return chosen


def _wrong_functions(scope: Scope) -> Iterator[tuple[Fault, str, str]]:
    for node in list(ast.walk(scope.function)):
        for fault, change, replacement in (
            *faults_in_sql(scope, node),
            *faults_in_code(scope, node),
        ):
            yield fault, change, ast.unparse(_replaced(scope.function, node, replacement))


def _refusing(scopes: Mapping[str, Scope]) -> frozenset[str]:
    """The tools, and the shared functions that some call may find refusing."""
    refusing = {name for name, scope in scopes.items() if scope.tool is not None}
    for scope in scopes.values():
        for node in ast.walk(scope.function):
            match node:
                case ast.Call(func=ast.Name(id=name)) if name in scope.helpers:
                    if not scope.cannot_refuse(node):
                        refusing.add(name)
    return frozenset(refusing)


def _fields(helper: str, scopes: Mapping[str, Scope]) -> frozenset[str] | None:
    """What callers use of a shared function's result; None where it may be all of it."""
    used: set[str] = set()
    for scope in scopes.values():
        fields = scope.uses_of(helper)
        if fields is None:
            return None
        used |= fields
    return frozenset(used)


def _users(
    functions: Mapping[str, ast.FunctionDef], tools: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """By function, the tools that run it, directly or through others."""
    called = {
        name: {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and node.id in functions
        }
        for name, function in functions.items()
    }

    def reached(name: str, seen: set[str]) -> set[str]:
        for other in sorted(called[name] - seen):
            seen.add(other)
            reached(other, seen)
        return seen

    reaches = {name: reached(name, {name}) for name in functions if name in tools}
    return {name: tuple(tool for tool in reaches if name in reaches[tool]) for name in functions}


def _replaced(
    function: ast.FunctionDef, target: ast.AST, replacement: Replacement
) -> ast.FunctionDef:
    """A copy of `function` with something else in place of `target`."""
    if target is function:
        assert isinstance(replacement, ast.FunctionDef)
        return ast.fix_missing_locations(copy.deepcopy(replacement))
    changed = _Replace(target, replacement).visit(function)
    assert isinstance(changed, ast.FunctionDef)
    return ast.fix_missing_locations(changed)


class _Replace(ast.NodeTransformer):
    """Copies a tree, but for one node of it."""

    def __init__(self, target: ast.AST, replacement: Replacement) -> None:
        self._target = target
        self._replacement = replacement

    def visit(self, node: ast.AST) -> Any:
        if node is self._target:
            return self._replacement
        twin = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(twin, name, self._members(value))
            elif isinstance(value, ast.AST):
                setattr(twin, name, self.visit(value))
        return twin

    def _members(self, members: list[Any]) -> list[Any]:
        made: list[Any] = []
        for member in members:
            found = self.visit(member) if isinstance(member, ast.AST) else member
            if isinstance(found, list):
                made += found
            elif found is not None or not isinstance(member, ast.AST):
                made.append(found)
        statements = members and all(isinstance(member, ast.stmt) for member in members)
        return made or [ast.Pass()] if statements else made
