"""`refit`: a task with other values in the place of some, executed and proven anew.

The gold calls are made again in a fresh world, each with the values it takes from where its
provenance says; what they give, the words, the answers and the proof follow from that.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.task.construct import written_up
from agentscaler.task.notebook import Notebook, WalkStop
from agentscaler.task.proof import Prover
from agentscaler.task.reasons import TaskReason
from agentscaler.task.remake.words import is_telling, replaced, stands
from agentscaler.task.task import AnswerFact, Fact, Goal, GoldCall, Provenance, Task
from agentscaler.world.world import World

__all__ = ["executed", "refit"]


def refit(
    domain: Domain,
    task: Task,
    changes: Mapping[str, Fact],
    moved: Mapping[str, str],
    prover: Prover,
    earlier: Sequence[Task],
) -> Task:
    """The task with other facts, by name.

    Args:
        changes: facts that are free in the task (see `free` and `rows`), with their new values.
        moved: the keys of other rows in the place of those that the wishes are about.
        prover: of the domain; it is asked for a proof when everything else fits.
        earlier: the tasks that the domain has before this one.

    Raises:
        WalkStop: it does not become a task, with the reason.
    """
    with domain.world(task.state) as world:
        notebook, goals = executed(domain, task, changes, moved, world)
        made = written_up(task.id, task.state, goals, notebook, prover, earlier)
    return made.model_copy(update={"makers": task.makers, "engine": task.engine})


def executed(
    domain: Domain,
    task: Task,
    changes: Mapping[str, Fact],
    moved: Mapping[str, str],
    world: World,
) -> tuple[Notebook, list[Goal]]:
    """The task with other facts as a walk that ends in `world`, and its wishes.

    Raises:
        WalkStop: a call is refused, or something is told that the words do not follow.
    """
    facts = {fact.name: changes.get(fact.name, fact) for fact in task.facts}
    calls, minted = _made_again(task, facts, moved, world)
    goals = [_told_anew(goal, task, facts, minted) for goal in task.goals]
    return Notebook(domain, world, len(calls), calls=calls, facts=facts), goals


def _made_again(
    task: Task, facts: Mapping[str, Fact], moved: Mapping[str, str], world: World
) -> tuple[list[GoldCall], dict[str, str]]:
    """Gold's calls with the new facts, and by its old spelling every id that is another one now."""
    known = {(fact.value, facts[fact.name].value) for fact in task.facts if _is_plain(fact.value)}
    minted = dict(moved)
    spoken = "\n".join(text for goal in task.goals for text in (goal.report, goal.confirm))
    calls: list[GoldCall] = []
    for call in task.gold:
        arguments, provenance = {}, {}
        for name, source in call.provenance.items():
            arguments[name], provenance[name] = _value(
                source, call.arguments[name], facts, calls, minted
            )
        result = world.call(call.tool, arguments)
        if not result.ok:
            raise WalkStop(TaskReason.REFUSED, f"{call.tool}: {result.error}")
        for old, new in _differences(call.result, result.value, {**dict(known), **minted}):
            if isinstance(old, dict):
                _check_unspoken(old, new, spoken, known)
                continue
            if (old, new) in known or minted.get(old) == new:
                continue
            ids = isinstance(old, str) and isinstance(new, str) and is_telling(old)
            if call.effect == "read" or not ids:
                raise WalkStop(TaskReason.GOLD_DIFFERS, f"{call.tool} gives {new}, not {old}")
            minted[old] = new
        update = {"arguments": arguments, "provenance": provenance, "result": result.value}
        calls.append(call.model_copy(update=update))
    return calls, minted


def _value(
    source: Provenance,
    old: Any,
    facts: Mapping[str, Fact],
    calls: Sequence[GoldCall],
    minted: Mapping[str, str],
) -> tuple[Any, Provenance]:
    """An argument's value, and where it comes from now."""
    if source.origin == "items":
        pairs = [
            _value(item, value, facts, calls, minted)
            for item, value in zip(source.items, old, strict=True)
        ]
        items = tuple(origin for _, origin in pairs)
        return [value for value, _ in pairs], source.model_copy(update={"items": items})
    if source.origin == "user" and source.fact is not None:
        return facts[source.fact].value, source
    if source.origin == "tool" and source.call is not None:
        wanted = minted.get(old, old) if isinstance(old, str) else old
        path = _place(calls[source.call].result, source.path, wanted)
        if path is None:
            raise WalkStop(TaskReason.GOLD_DIFFERS, f"{old} is no longer shown then")
        return wanted, source.model_copy(update={"path": path})
    return old, source


def _place(result: Any, path: tuple[str | int, ...], wanted: Any) -> tuple[str | int, ...] | None:
    """Where a value stands in a result: at `path`, or there in another row of a list."""
    if not path:
        return () if result == wanted else None
    step, *rest = path
    if isinstance(result, dict):
        steps: list[str | int] = [step]
    else:
        steps = [step, *(one for one in range(len(result)) if one != step)]
    for one in steps:
        try:
            found = _place(result[one], tuple(rest), wanted)
        except (KeyError, IndexError, TypeError):
            continue
        if found is not None:
            return (one, *found)
    return None


def _differences(old: Any, new: Any, others: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """The single values in which two results differ, and the records of rows in the place of which
    there are others.

    Rows of a list may stand in another order, as lists are often sorted by ids.

    Args:
        others: new values by the old ones.

    Raises:
        WalkStop: the results have other rows or another form, and so tell something else.
    """
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        key = next(iter(old.values()), None)  # a record begins with its own key
        if isinstance(key, str) and others.get(key) == next(iter(new.values())):
            yield old, new
            return
        for name, value in old.items():
            yield from _differences(value, new[name], others)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            raise WalkStop(TaskReason.GOLD_DIFFERS, "a list has other rows then")
        rest = list(new)
        unlike = []
        for one in old:
            same = next((each for each in (one, _as_new(one, others)) if each in rest), None)
            if same is None:
                unlike.append(one)
            else:
                rest.remove(same)
        for one, other in zip(unlike, rest, strict=True):
            yield from _differences(one, other, others)
    elif isinstance(old, dict | list) or isinstance(new, dict | list):
        raise WalkStop(TaskReason.GOLD_DIFFERS, "a result has another form then")
    elif old != new:
        yield old, new


def _check_unspoken(
    old: Mapping[str, Any], new: Mapping[str, Any], spoken: str, known: Collection[tuple[Any, Any]]
) -> None:
    """Holds what only the earlier of two rows has against what is said of it.

    Raises:
        WalkStop: some of it is said.
    """
    key = next(iter(old))
    for name, value in old.items():
        if name == key or value == new[name] or value is None:
            continue
        if not isinstance(value, dict | list) and (value, new[name]) in known:
            continue
        if isinstance(value, bool | dict) or any(stands(one, spoken) for one in _ways(value)):
            raise WalkStop(TaskReason.GOLD_DIFFERS, f"{name} is {new[name]}, not {value}")


def _ways(value: Any) -> Iterator[str]:
    """How a value, or any of a list, may be spelled in a report."""
    if isinstance(value, list):
        for item in value:
            yield from _ways(item)
        return
    yield str(value)
    with suppress(ValueError):
        moment = datetime.fromisoformat(str(value))
        yield f"{moment.day} {moment:%B %Y}"
    if isinstance(value, float):
        yield f"{value:.2f}"
    yield str(value).replace("_", " ").lower()


def _as_new(value: Any, others: Mapping[Any, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _as_new(inner, others) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_new(inner, others) for inner in value]
    return others.get(value, value) if isinstance(value, str) else value


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _told_anew(goal: Goal, task: Task, facts: Mapping[str, Fact], ids: Mapping[str, str]) -> Goal:
    """A wish with the new values and ids in its words.

    Words that can stand anywhere by chance ("3") are replaced only in the wish that tells them.
    """
    changed = [fact for fact in task.facts if facts[fact.name] is not fact]
    names = {piece for one in goal.request for piece in one.facts}
    spoken = {fact.said: facts[fact.name].said for fact in changed if is_telling(fact.said)}
    own = {fact.said: facts[fact.name].said for fact in changed if fact.name in names}
    texts = {**ids, **spoken, **own}
    request = tuple(
        piece.model_copy(
            update={
                "text": replaced(
                    piece.text,
                    {f.said: facts[f.name].said for f in changed if f.name in piece.facts},
                )
            }
        )
        for piece in goal.request
    )
    return goal.model_copy(
        update={
            "request": request,
            "wording": "",
            "confirm": replaced(goal.confirm, texts),
            "report": replaced(goal.report, texts),
            "named": tuple(replaced(name, texts) for name in goal.named),
            "answers": tuple(
                _answer_anew(one, {**ids, **spoken}, changed, facts) for one in goal.answers
            ),
        }
    )


def _answer_anew(
    answer: AnswerFact,
    texts: Mapping[str, str],
    changed: Sequence[Fact],
    facts: Mapping[str, Fact],
) -> AnswerFact:
    values = {fact.value: facts[fact.name].value for fact in changed if is_telling(fact.said)}
    value = answer.value
    if isinstance(value, str):
        value = values.get(value, texts.get(value, value))
    said = tuple(replaced(one, texts) for one in answer.said)
    return answer.model_copy(update={"value": value, "said": said})
