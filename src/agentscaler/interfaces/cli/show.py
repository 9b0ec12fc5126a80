"""Printing one domain, task or trajectory for a person to read."""

import json
import random
from typing import Any

import apsw
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from agentscaler.chat import Message
from agentscaler.corpus.english import listing
from agentscaler.domain import Domain
from agentscaler.domain.domain import DomainManifest, DomainTool, Table
from agentscaler.filtering import Verdict
from agentscaler.interfaces.cli.lookup import (
    find_domain,
    find_task,
    find_trajectory,
    task_of,
    verdict_on,
)
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task.task import GoldCall, Provenance, Task
from agentscaler.world.changeset import describe

__all__ = ["show_domain", "show_task", "show_trajectory"]

_ROLE_STYLES = {"system": "dim", "user": "cyan", "assistant": "green", "tool": "yellow"}
_SHORT = 700
_ROWS_SHOWN = 3


def show_domain(
    console: Console, folder: RunFolder, wanted: str, rng: random.Random, *, full: bool
) -> None:
    """Title, tables, tools, edges, policy, certificate, and rows of the first state."""
    domain = find_domain(folder, wanted, rng)
    manifest = domain.manifest
    _title(console, f"{manifest.title}", f"{domain.id}, made by {_maker_words(manifest)}")
    for table in manifest.tables:
        console.print(_columns(table))
    _heading(console, "Tools")
    for tool in manifest.tools:
        _print_tool(console, tool)
    _heading(console, "Which tool feeds which")
    feeders: dict[str, list[str]] = {}
    for edge in manifest.edges:
        feeders.setdefault(f"{edge.consumer}({edge.parameter})", []).append(edge.producer)
    for fed, producers in feeders.items():
        _line(console, f"{fed}  <- {', '.join(producers)}")
    _heading(console, "Policy")
    _line(console, _shortened(domain.policy.strip(), full))
    _print_certificate(console, domain)
    state = min(domain.states)
    _heading(console, f"First rows of the state {state}, of {len(domain.states)} states")
    for table in manifest.tables:
        console.print(_rows(table, domain.states[state]))


def show_task(
    console: Console, folder: RunFolder, wanted: str, rng: random.Random, *, full: bool
) -> None:
    """Intent, facts, gold calls with the provenance of arguments, database diff, proof."""
    task = find_task(folder, wanted, rng)
    _title(console, task.intent, f"{task.id}, state {task.state}, {task.kind} task")
    _heading(console, "What the user knows")
    for fact in task.facts:
        _line(console, f"{fact.label}: {fact.said}  ({_json(fact.value)})")
    for goal in task.goals:
        if goal.refusal is not None:
            _heading(console, f"What cannot be fulfilled: {goal.refusal.kind}")
            _line(console, goal.refusal.reason)
            for attempt in goal.refusal.attempts:
                _line(console, f"tried in vain: {attempt.tool} {_json(attempt.arguments)}")
    print_gold(console, task, full=full)
    proof = task.proof
    _heading(console, "Proof")
    _line(console, f"gold replays to the same results and state: {_yes(proof.gold_passes)}")
    _line(console, f"doing nothing is told apart from gold: {_yes(proof.nothing_fails)}")
    _line(console, f"in another process, byte for byte: {_yes(proof.replays_elsewhere)}")
    _line(console, f"dropped writes told apart: {proof.dropped_writes_fail} of {proof.writes}")
    idle = f", {proof.mutants_idle} more do nothing" if proof.mutants_idle else ""
    tried = proof.mutants - proof.mutants_idle
    _line(console, f"mutants told apart: {proof.mutants_fail} of {tried}{idle}")
    if proof.wrong_reads:
        tells = f"{proof.wrong_reads_differ} of {proof.wrong_reads}"
        _line(console, f"wrong reads that tell something else: {tells}")
    _line(console, f"variants that pass: {proof.variants_pass} of {proof.variants}")
    if task.special is not None:
        _line(console, f"attempts in vain: {proof.attempts_fail} of {proof.attempts}")
        told = f"{proof.fulfilments_fail} of {proof.fulfilments}"
        _line(console, f"fulfilments all the same, told apart: {told}")


def show_trajectory(
    console: Console, folder: RunFolder, wanted: str, rng: random.Random, *, full: bool
) -> None:
    """The dialogue turn by turn, and the verdict on it."""
    print_trajectory(console, folder, find_trajectory(folder, wanted, rng), full=full)


def print_trajectory(
    console: Console, folder: RunFolder, trajectory: Trajectory, *, full: bool
) -> None:
    """One dialogue, with how it ended and what the funnel says of it."""
    players = f"agent {trajectory.agent}, user {trajectory.user}, state {trajectory.state}"
    _title(console, task_of(folder, trajectory).intent, f"{trajectory.id}, {players}")
    for message in trajectory.messages:
        _print_message(console, message, full=full)
    _heading(console, "How it ended")
    _line(console, f"stop: {trajectory.stop}; tool calls refused: {trajectory.tool_errors}")
    if trajectory.failure_owner:
        _line(console, f"failure of the {trajectory.failure_owner}: {trajectory.failure}")
    _heading(console, "Database diff")
    _line(console, describe(trajectory.changeset))
    _heading(console, "Verdict")
    _line(console, _verdict_words(verdict_on(folder, trajectory)))


def print_gold(console: Console, task: Task, *, full: bool) -> None:
    """The gold calls of a task with their results, and what they change."""
    _heading(console, "Gold calls")
    for number, call in enumerate(task.gold):
        _line(console, f"{number}. {call.tool}  [{call.effect}, {call.purpose}]", style="green")
        for name, value in call.arguments.items():
            origin = _origin(call, name)
            _line(console, f"     {name} = {_json(value)}  <- {origin}")
        _line(console, f"     result: {_shortened(_json(call.result), full)}", style="yellow")
    _heading(console, "Database diff of gold")
    _line(console, describe(task.changeset))


def _maker_words(manifest: DomainManifest) -> str:
    """Who made a domain: the engine, and the models with the parts that they made."""
    parts: dict[str, list[str]] = {}
    for part, model in manifest.makers.items():
        parts.setdefault(model, []).append(part)
    told = [f"{listing(made)} by {model}" for model, made in parts.items()]
    return f"rules; {'; '.join(told)}" if told else manifest.engine


def _print_tool(console: Console, tool: DomainTool) -> None:
    required = set(tool.parameters.get("required", []))
    parameters = ", ".join(
        f"{name}: {_type(schema)}" + ("" if name in required else " = None")
        for name, schema in tool.parameters.get("properties", {}).items()
    )
    _line(console, f"{tool.name}({parameters})  [{tool.effect}, {tool.kind}]", style="green")
    _line(console, f"     {tool.description}")
    _line(console, f"     from {tool.origin}", style="dim")


def _print_certificate(console: Console, domain: Domain) -> None:
    certificate = domain.certificate
    _heading(console, "Certificate")
    for check, count in certificate.checks.items():
        _line(console, f"{check}: {count.trials:,} trials, {count.failures} failures")
    if certificate.write_success is not None:
        _line(
            console, f"calls of writing tools that were accepted: {certificate.write_success:.0%}"
        )
    if certificate.fault_share is not None:
        seeded = sum(count.seeded for count in certificate.faults.values())
        caught = sum(count.caught for count in certificate.faults.values())
        missed = [kind for kind, one in certificate.faults.items() if one.caught < one.seeded]
        rest = f"; missed some of: {', '.join(missed)}" if missed else ""
        _line(console, f"faults seeded into the tools: {caught} of {seeded} caught{rest}")


def _print_message(console: Console, message: Message, *, full: bool) -> None:
    style = _ROLE_STYLES[message.role]
    name = "tool, refused" if message.is_error else message.role
    if message.content:
        text = message.content
        if message.role in {"system", "tool"}:
            text = _shortened(text, full)
        console.print(f"[bold {style}]{name}:[/] [{style}]{escape(text)}[/]", soft_wrap=True)
    for call in message.tool_calls:
        arguments = ", ".join(f"{key}={_json(value)}" for key, value in call.arguments.items())
        called = escape(f"{call.name}({arguments})")
        console.print(f"[bold {style}]{name} calls:[/] {called}", soft_wrap=True)


def _columns(table: Table) -> Grid:
    grid = Grid(title=escape(f"{table.name} ({table.noun})"), title_justify="left")
    for heading in ("column", "type", "meaning", "values"):
        grid.add_column(heading)
    for column in table.columns:
        marks = ["key"] if column.name in table.key else []
        marks += [f"-> {column.references}"] if column.references else []
        marks += [] if column.nullable else ["required"]
        marks += [" | ".join(column.enum)] if column.enum else []
        grid.add_row(*map(escape, (column.name, column.type, column.meaning, ", ".join(marks))))
    return grid


def _rows(table: Table, image: bytes) -> Grid:
    """The first rows of a table in a database image."""
    names = [column.name for column in table.columns]
    wanted = ", ".join(f'"{name}"' for name in names)
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", image)
    query = f'SELECT {wanted} FROM "{table.name}" LIMIT {_ROWS_SHOWN}'
    rows = list(connection.execute(query))
    connection.close()
    grid = Grid(title=escape(table.name), title_justify="left")
    for name in names:
        grid.add_column(escape(name), overflow="fold")
    for row in rows:
        grid.add_row(*(escape("-" if value is None else str(value)) for value in row))
    return grid


def _origin(call: GoldCall, argument: str) -> str:
    """Where a gold argument comes from, in words."""
    provenance = call.provenance.get(argument)
    return "unknown" if provenance is None else _origin_words(provenance)


def _origin_words(provenance: Provenance) -> str:
    if provenance.origin == "items":
        return "; ".join(_origin_words(item) for item in provenance.items)
    if provenance.origin == "tool":
        path = "".join(f"[{part!r}]" for part in provenance.path)
        return f"result of call {provenance.call} {path}"
    return f"user: {provenance.fact}" if provenance.origin == "user" else provenance.origin


def _verdict_words(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not judged yet"
    if verdict.kept:
        return "kept, with a recovery from a refused call" if verdict.recovered else "kept"
    return f"rejected at {verdict.stage}: {verdict.reason}. {verdict.detail}"


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(repr, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _shortened(text: str, full: bool) -> str:
    if full or len(text) <= _SHORT:
        return text
    return f"{text[:_SHORT]} ... ({len(text):,} characters; --full prints all)"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _title(console: Console, title: str, below: str) -> None:
    console.print(f"[bold]{escape(title)}[/]", soft_wrap=True)
    console.print(f"[dim]{escape(below)}[/]", soft_wrap=True)


def _heading(console: Console, text: str) -> None:
    console.print(f"\n[bold]{escape(text)}[/]")


def _line(console: Console, text: str, style: str | None = None) -> None:
    console.print(escape(text), style=style, soft_wrap=True)
