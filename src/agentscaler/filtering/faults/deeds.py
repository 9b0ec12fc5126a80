"""Faults of deed: what the calls do to the database, and by which route."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from agentscaler.chat import Message, ToolCall
from agentscaler.domain.domain import ToolKind
from agentscaler.domain.schema import quote
from agentscaler.filtering.case import Case
from agentscaler.filtering.faults.script import (
    ROWS,
    Step,
    after,
    agent_calls,
    agent_says,
    other_value,
    replaced_call,
    replayed,
    script_of,
    steps,
    tool_of,
    user_says,
    values_of,
)
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.rollout.wording import fold

__all__ = [
    "create_undone",
    "created_twice",
    "done_by_halves",
    "done_twice",
    "extra_read",
    "id_from_own_words",
    "invented_id",
    "lookup_left_out",
    "nothing_done",
    "read_left_out",
    "read_too_early",
    "undone_and_redone",
    "unknown_tool",
    "update_undone",
    "write_left_out",
    "wrong_row",
    "wrong_then_right",
    "wrong_value",
]

_MOST_LISTED = 300


def wrong_value(case: Case, rng: random.Random) -> Trajectory | None:
    """A write stores another value."""
    script = script_of(case)
    for step in _shuffled(_writes(case, script), rng):
        for name, value in values_of(case, step.call):
            other = other_value(tool_of(case, step.call), name, value)
            if other is not None:
                changed = {**step.call.arguments, name: other}
                played = replayed(case, replaced_call(script, step, (step.call.name, changed)))
                if _accepted(played, step.call.name, changed) and not _is_gold(case, played):
                    return played
    return None


def wrong_row(case: Case, rng: random.Random) -> Trajectory | None:
    """A write works on another row, whose key an earlier result shows."""
    script = script_of(case)
    for step in _shuffled(_writes(case, script), rng):
        shown = _shown(case, step)
        for name, key, table in _keys(case, step.call):
            for other in _other_keys(case, table, key):
                if fold(other) not in shown:
                    continue
                changed = {**step.call.arguments, name: other}
                played = replayed(case, replaced_call(script, step, (step.call.name, changed)))
                if _accepted(played, step.call.name, changed) and not _is_gold(case, played):
                    return played
    return None


def invented_id(case: Case, rng: random.Random) -> Trajectory | None:
    """A call works on a row whose key nobody has said."""
    found = _invented(case, rng)
    return None if found is None else found[0]


def id_from_own_words(case: Case, rng: random.Random) -> Trajectory | None:
    """The same, but the agent itself says the key before."""
    found = _invented(case, rng)
    if found is None:
        return None
    played, key = found
    messages = list(played.messages)
    aside = [agent_says(f"I think it is {key}."), user_says("If you say so.")]
    return played.model_copy(update={"messages": (*messages[:2], *aside, *messages[2:])})


def lookup_left_out(case: Case, rng: random.Random) -> Trajectory | None:
    """A key is used that only the look-up which was left out would have shown."""
    script = script_of(case)
    for step in steps(case, script):
        if tool_of(case, step.call).effect != "read":
            continue
        played = replayed(case, replaced_call(script, step))
        if any(_unseen(case, played)):
            return played
    return None


def write_left_out(case: Case, rng: random.Random) -> Trajectory | None:
    script = script_of(case)
    writes = _writes(case, script)
    if not writes or not case.task.changeset:
        return None
    played = replayed(case, replaced_call(script, writes[-1]))
    return None if _is_gold(case, played) else played


def nothing_done(case: Case, rng: random.Random) -> Trajectory | None:
    """The agent only talks."""
    if not case.calls or not case.task.changeset:
        return None
    return replayed(case, [one for one in script_of(case) if not one.tool_calls])


def created_twice(case: Case, rng: random.Random) -> Trajectory | None:
    script = script_of(case)
    for step in _writes(case, script):
        if tool_of(case, step.call).kind is ToolKind.CREATE:
            again = (step.call.name, step.call.arguments)
            played = replayed(case, after(script, step, again))
            if played.tool_errors == case.trajectory.tool_errors and not _is_gold(case, played):
                return played
    return None


def create_undone(case: Case, rng: random.Random) -> Trajectory | None:
    """A second row is made, and deleted again."""
    script = script_of(case)
    tools = case.domain.manifest.tools
    for step in _writes(case, script):
        tool = tool_of(case, step.call)
        deletes = [one for one in tools if one.kind is ToolKind.DELETE and one.table == tool.table]
        if tool.kind is not ToolKind.CREATE or not deletes:
            continue
        again = (step.call.name, step.call.arguments)
        made = replayed(case, after(script, step, again))
        key = case.domain.manifest.table[tool.table].key[0]
        result = orjson.loads(_result_of(made, again, last=True) or "{}")
        needed = deletes[0].parameters["required"]
        if key not in result or not all(name in result for name in needed):
            continue
        undo = (deletes[0].name, {name: result[name] for name in needed})
        played = replayed(case, after(script, step, again, undo))
        if _as_gold(case, played):
            return played
    return None


def update_undone(case: Case, rng: random.Random) -> Trajectory | None:
    """A value that gold leaves alone is changed, and changed back."""
    script = script_of(case)
    done = steps(case, script)
    if not done or case.task.special is not None:
        return None
    for tool in case.domain.manifest.tools:
        if tool.kind is not ToolKind.UPDATE or len(tool.parameters["required"]) > 1:
            continue
        table = case.domain.manifest.table[tool.table]
        shown = "\n".join(words for words, _ in _others_words(case, len(case.folded)))
        for key in _other_keys(case, tool.table, ""):
            if fold(key) not in shown:
                continue
            row = _row(case, tool.table, table.key[0], key)
            for name, role in tool.arguments.items():
                value = row.get(role.column)
                if role.kind != "value" or role.column not in row or value is None:
                    continue
                if table.by_name[role.column].type == "boolean":
                    value = bool(value)
                other = other_value(tool, name, value)
                change = (tool.name, {tool.parameters["required"][0]: key, name: other})
                back = (tool.name, {tool.parameters["required"][0]: key, name: value})
                played = replayed(case, after(script, done[-1], change, back))
                if _as_gold(case, played):
                    return played
    return None


def undone_and_redone(case: Case, rng: random.Random) -> Trajectory | None:
    """Gold's update is made, replaced by another, and made again."""
    return _with_updates(case, lambda right, wrong: (right, wrong, right))


def wrong_then_right(case: Case, rng: random.Random) -> Trajectory | None:
    return _with_updates(case, lambda right, wrong: (wrong, right))


def done_twice(case: Case, rng: random.Random) -> Trajectory | None:
    return _with_updates(case, lambda right, wrong: (right, right))


def done_by_halves(case: Case, rng: random.Random) -> Trajectory | None:
    """An update of several values is made as several updates."""
    script = script_of(case)
    for step in _writes(case, script):
        values = dict(values_of(case, step.call))
        if tool_of(case, step.call).kind is not ToolKind.UPDATE or len(values) < 2:
            continue
        rest = {k: v for k, v in step.call.arguments.items() if k not in values}
        halves = [(step.call.name, {**rest, name: value}) for name, value in values.items()]
        played = replayed(case, replaced_call(script, step, *halves))
        if _as_gold(case, played):
            return played
    return None


def read_left_out(case: Case, rng: random.Random) -> Trajectory | None:
    """In a task that only reads, a read that nothing else needs is not made."""
    if not _is_plain_read(case):
        return None
    script = script_of(case)
    for step in reversed(steps(case, script)):
        played = replayed(case, replaced_call(script, step))
        if not any(_unseen(case, played)):
            return played
    return None


def extra_read(case: Case, rng: random.Random) -> Trajectory | None:
    """In a task that only reads, a read is made that it does not need."""
    if not _is_plain_read(case):
        return None
    script = script_of(case)
    step = rng.choice(steps(case, script))
    return replayed(case, after(script, step, (step.call.name, step.call.arguments)))


def read_too_early(case: Case, rng: random.Random) -> Trajectory | None:
    """A read that feeds on another comes before it; the user happens to say the key."""
    if not _is_plain_read(case):
        return None
    gold = case.task.gold
    for index, call in enumerate(gold):
        sources = {source.call: name for name, source in call.provenance.items()}
        if index - 1 not in sources:
            continue
        calls = [(one.tool, one.arguments) for one in gold]
        calls[index - 1], calls[index] = calls[index], calls[index - 1]
        values = sorted({str(v) for one in gold for v in one.arguments.values()})
        request = f"{case.task.intent} This may help: {', '.join(values)}."
        script = [
            case.trajectory.messages[0],
            user_says(request),
            *map(agent_calls, calls),
            agent_says(" ".join(goal.report for goal in case.task.goals)),
            user_says("Thanks, that is all."),
        ]
        return replayed(case, script)
    return None


def unknown_tool(case: Case, rng: random.Random) -> Trajectory:
    """A call of a tool that is not there is on record as a success."""
    messages = list(case.trajectory.messages)
    call = ToolCall(id="call_made_up", name="export_everything", arguments={})
    made = [
        Message(role="assistant", tool_calls=(call,)),
        Message(role="tool", content='{"exported":true}', tool_call_id=call.id),
    ]
    return case.trajectory.model_copy(update={"messages": (*messages[:2], *made, *messages[2:])})


def _is_plain_read(case: Case) -> bool:
    """Whether the calls of a task must be gold's: it only reads, and all of it can be done."""
    return case.task.kind == "read" and case.task.special is None


def _with_updates(case: Case, order: Any) -> Trajectory | None:
    """Gold's update in company of one with another value, in some order."""
    script = script_of(case)
    for step in _writes(case, script):
        if tool_of(case, step.call).kind is not ToolKind.UPDATE:
            continue
        for name, value in values_of(case, step.call):
            other = other_value(tool_of(case, step.call), name, value)
            right = (step.call.name, step.call.arguments)
            wrong = (step.call.name, {**step.call.arguments, name: other})
            played = replayed(case, replaced_call(script, step, *order(right, wrong)))
            if other is not None and _as_gold(case, played):
                return played
    return None


def _invented(case: Case, rng: random.Random) -> tuple[Trajectory, str] | None:
    script = script_of(case)
    said = "\n".join(case.folded)
    for step in _shuffled(steps(case, script), rng):
        for name, key, table in _keys(case, step.call):
            for other in _other_keys(case, table, key):
                if fold(other) in said:
                    continue
                changed = {**step.call.arguments, name: other}
                played = replayed(case, replaced_call(script, step, (step.call.name, changed)))
                if _accepted(played, step.call.name, changed):
                    return played, other
    return None


def _writes(case: Case, script: Sequence[Message]) -> list[Step]:
    return [one for one in steps(case, script) if tool_of(case, one.call).effect == "write"]


def _shuffled(found: list[Step], rng: random.Random) -> list[Step]:
    return rng.sample(found, len(found))


def _accepted(played: Trajectory, name: str, arguments: dict[str, Any]) -> bool:
    """Whether a call was made and not refused."""
    return bool(_result_of(played, (name, arguments)))


def _result_of(played: Trajectory, call: tuple[str, dict[str, Any]], *, last: bool = False) -> str:
    """What a call gave; "" where it was refused."""
    results = {one.tool_call_id: one for one in played.messages if one.role == "tool"}
    found = [
        "" if results[one.id].is_error else results[one.id].content
        for message in played.messages
        for one in message.tool_calls
        if (one.name, one.arguments) == call
    ]
    return found[-1 if last else 0] if found else ""


def _is_gold(case: Case, played: Trajectory) -> bool:
    return played.changeset == case.task.changeset


def _as_gold(case: Case, played: Trajectory) -> bool:
    """Whether a play ends where gold does, without a refusal of its own."""
    return _is_gold(case, played) and played.tool_errors == case.trajectory.tool_errors


def _keys(case: Case, call: ToolCall) -> Iterator[tuple[str, str, str]]:
    """The arguments of a call that name a row by an opaque key, with the row's table."""
    roles = tool_of(case, call).arguments
    for name, value in call.arguments.items():
        if name in roles and roles[name].kind in ROWS and isinstance(value, str):
            yield name, value, roles[name].table


def _other_keys(case: Case, table: str, key: str) -> list[str]:
    column = quote(case.domain.manifest.table[table].key[0])
    with case.domain.world(case.task.state) as world:
        rows = world.query(
            f"SELECT {column} AS key FROM {quote(table)} WHERE {column} != ? ORDER BY 1 LIMIT"
            f" {_MOST_LISTED}",
            key,
        )
    return [row["key"] for row in rows if isinstance(row["key"], str)]


def _row(case: Case, table: str, column: str, key: str) -> dict[str, Any]:
    with case.domain.world(case.task.state) as world:
        for one in case.successes:
            world.call(one.call.name, one.call.arguments)
        rows = world.query(f"SELECT * FROM {quote(table)} WHERE {quote(column)} = ?", key)
    return rows[0] if rows else {}


def _others_words(case: Case, end: int) -> Iterator[tuple[str, int]]:
    """What others than the agent said before message `end`, folded."""
    for number, (message, words) in enumerate(
        zip(case.trajectory.messages[:end], case.folded, strict=False)
    ):
        if message.role != "assistant" and not message.is_error:
            yield words, number


def _shown(case: Case, step: Step) -> str:
    return "\n".join(words for words, _ in _others_words(case, step.answered.place - step.place))


def _unseen(case: Case, played: Trajectory) -> Iterator[str]:
    """Keys in the successful calls of a play that nobody has said before."""
    again = Case(case.domain, case.task, played)
    facts = {str(fact.value) for fact in case.task.facts}
    for one in again.successes:
        words = "\n".join(said for said, _ in _others_words(again, one.place))
        for _, key, _ in _keys(again, one.call):
            if key not in facts and fold(key) not in words:
                yield key
