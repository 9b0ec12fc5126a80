"""Certificates: what is known of a domain's tools because it was tried.

`certify` makes random sequences of calls on every initial state.  Arguments are drawn from the
state as it is at that moment, so that most calls can succeed; some name records that are not there,
some are malformed.  Each check counts its trials and failures; a failure names the tool to mend or
drop.  The same tools, states and seed give the same certificate.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from agentscaler.world.toolbox import Toolbox
from agentscaler.world.trials import (
    Draw,
    Drawing,
    Manner,
    ReadBack,
    RowCondition,
    ToolTrial,
    manner_of,
)
from agentscaler.world.world import Breach, ContractError, World

__all__ = [
    "Certificate",
    "Check",
    "CheckCount",
    "Draw",
    "ReadBack",
    "RowCondition",
    "ToolCount",
    "ToolFailure",
    "ToolTrial",
    "certify",
]

SEQUENCE = 25
"""Calls made on one world before the next starts afresh."""

EXTRA_TRIALS = 30
"""Further tries for a tool that has not yet done what it is for."""


class Check(StrEnum):
    """What is checked of tools."""

    READ_KEEPS_STATE = "read_keeps_state"
    """A read leaves the state as it is."""
    WRITES_WHERE_DECLARED = "writes_where_declared"
    """A tool runs no SQL that it may not run, and writes only the tables it declares."""
    ONLY_TOOL_ERRORS = "only_tool_errors"
    """A tool raises nothing but `ToolError`, swallows no refusal and keeps to its budget."""
    RESULT_FITS = "result_fits"
    """A result is plain JSON and fits the tool's declared schema."""
    REFUSES_UNKNOWN = "refuses_unknown"
    """A key that no record has is refused."""
    REFUSES_MALFORMED = "refuses_malformed"
    """Arguments that do not fit the tool's parameters are refused."""
    REFUSAL_LEAVES_NO_TRACE = "refusal_leaves_no_trace"
    """A refused call leaves the state as it was."""
    REFERENCES_HOLD = "references_hold"
    """After a sequence of calls every foreign key refers to a record."""
    REPEATS = "repeats"
    """The same sequence on a fresh copy gives the same results and the same state."""
    READS_BACK = "reads_back"
    """The record that a write returned is what a get returns next."""
    GONE = "gone"
    """What was deleted is not found any more."""
    SUCCEEDS = "succeeds"
    """A tool succeeds at least once."""
    WRITE_CHANGES_STATE = "write_changes_state"
    """A write changes the state at least once."""


class CheckCount(BaseModel):
    """How often a check was made, and how often it failed."""

    model_config = ConfigDict(frozen=True)

    trials: int
    failures: int


class ToolCount(BaseModel):
    """How the calls of one tool went."""

    model_config = ConfigDict(frozen=True)

    trials: int
    successes: int
    refusals: int


class Certificate(BaseModel):
    """What was tried and what came of it.

    Attributes:
        seed: of the trials.
        states: names of the initial states that were tried.
        checks: by `Check`, those that applied.
        tools: by name.
    """

    model_config = ConfigDict(frozen=True)

    seed: str
    states: tuple[str, ...]
    checks: dict[str, CheckCount]
    tools: dict[str, ToolCount]

    @property
    def holds(self) -> bool:
        return all(count.failures == 0 for count in self.checks.values())


@dataclass(frozen=True)
class ToolFailure:
    """A check that a tool failed, with the first case seen."""

    tool: str
    check: Check
    detail: str

    def __str__(self) -> str:
        return f"{self.check}: {self.detail}"


def certify(
    toolbox: Toolbox,
    states: Mapping[str, bytes],
    now: str,
    tools: Sequence[ToolTrial],
    *,
    trials: int = 40,
    seed: str | int = 0,
) -> tuple[Certificate, list[ToolFailure]]:
    """Try every tool on every state.

    Args:
        states: images by name.
        tools: one for each tool of the toolbox.
        trials: calls a tool, spread over the states.

    Returns the certificate, and the failures with at most one a tool and check; the certificate
    `holds` where there are none.
    """
    tally = _Tally(toolbox)
    for position, (state, image) in enumerate(sorted(states.items())):
        rng = random.Random(f"{seed}/{state}")
        share = range(position, trials, len(states))
        plan = [(tool, manner_of(number)) for tool in tools for number in share]
        rng.shuffle(plan)
        with World(image, toolbox, now=now) as start:
            for first in range(0, len(plan), SEQUENCE):
                _try_sequence(start, plan[first : first + SEQUENCE], tally, rng)
            for tool in tools:
                _try_harder(start, tool, tally, rng)
    tally.conclude()
    return tally.certificate(str(seed), tuple(sorted(states))), tally.failures


class _Tally:
    """Counts trials and failures, and keeps the first failure of each kind."""

    def __init__(self, toolbox: Toolbox) -> None:
        self.toolbox = toolbox
        self.failures: list[ToolFailure] = []
        self.succeeded: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self._trials: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._checked: Counter[Check] = Counter()
        self._failed: Counter[Check] = Counter()
        self._seen: set[tuple[str, Check]] = set()

    def count(self, check: Check, tool: str, passed: bool, detail: str = "") -> None:
        self._checked[check] += 1
        if passed:
            return
        self._failed[check] += 1
        if (tool, check) not in self._seen:
            self._seen.add((tool, check))
            self.failures.append(ToolFailure(tool, check, detail))

    def outcome(self, tool: str, ok: bool) -> None:
        self._trials[tool] += 1
        (self.succeeded if ok else self._refused)[tool] += 1

    def has_failed(self, tool: str) -> bool:
        return any(failure.tool == tool for failure in self.failures)

    def conclude(self) -> None:
        """The checks that look at all trials of a tool at once."""
        for name, definition in self.toolbox.definitions.items():
            detail = f"none of {self._trials[name]} calls succeeded"
            self.count(Check.SUCCEEDS, name, self.succeeded[name] > 0, detail)
            if definition.effect == "write" and self.succeeded[name]:
                detail = f"none of {self.succeeded[name]} successful calls changed anything"
                self.count(Check.WRITE_CHANGES_STATE, name, self.changed[name] > 0, detail)

    def certificate(self, seed: str, states: tuple[str, ...]) -> Certificate:
        return Certificate(
            seed=seed,
            states=states,
            checks={
                check: CheckCount(trials=self._checked[check], failures=self._failed[check])
                for check in Check
                if self._checked[check]
            },
            tools={
                name: ToolCount(
                    trials=self._trials[name],
                    successes=self.succeeded[name],
                    refusals=self._refused[name],
                )
                for name in self.toolbox.tools
            },
        )


@dataclass(frozen=True)
class _Made:
    """A call that was made, what came of it, and the state after it."""

    tool: str
    arguments: dict[str, Any]
    outcome: bytes
    state: str


def _try_sequence(
    start: World, plan: Sequence[tuple[ToolTrial, Manner]], tally: _Tally, rng: random.Random
) -> None:
    with closing(start.fork()) as world:
        made = []
        state = world.state_hash()
        for trial, manner in plan:
            call = _try_call(world, trial, manner, state, tally, rng)
            made.append(call)
            state = call.state
        broken = world.broken_references()
        last = made[-1].tool
        tally.count(Check.REFERENCES_HOLD, last, not broken, f"in {', '.join(broken)}")
    _repeat(start, made, tally)


def _try_call(
    world: World,
    trial: ToolTrial,
    manner: Manner,
    before: str,
    tally: _Tally,
    rng: random.Random,
) -> _Made:
    definition = tally.toolbox.definitions[trial.tool]
    drawing = Drawing(world, trial, definition.parameters, rng)
    arguments, spoilt = drawing.arguments(manner)
    result, broken = _outcome(world, trial.tool, arguments)
    after = world.state_hash()
    case = orjson.dumps(arguments).decode()
    for check, breaches in _BREACHES.items():
        failed = broken is not None and broken.breach in breaches
        cause = broken.cause if broken is not None else ""
        tally.count(check, trial.tool, not failed, f"{cause} ({case})")
    ok = broken is None and result["error"] is None
    tally.outcome(trial.tool, ok)
    if not ok:
        tally.count(Check.REFUSAL_LEAVES_NO_TRACE, trial.tool, before == after, case)
    elif definition.effect == "read":
        tally.count(Check.READ_KEEPS_STATE, trial.tool, before == after, case)
    elif before != after:
        tally.changed[trial.tool] += 1
    if ok and trial.read_back is not None:
        _read_back(world, trial.tool, trial.read_back, arguments, result["value"], tally)
    if spoilt and broken is None:
        unknown = manner is Manner.UNKNOWN
        check = Check.REFUSES_UNKNOWN if unknown else Check.REFUSES_MALFORMED
        tally.count(check, trial.tool, not ok, f"accepts {spoilt} ({case})")
    return _Made(trial.tool, arguments, orjson.dumps(result), after)


def _read_back(
    world: World,
    writer: str,
    read_back: ReadBack,
    arguments: Mapping[str, Any],
    returned: Any,
    tally: _Tally,
) -> None:
    """Calls the read that goes with a write, and holds one against the other."""
    source = arguments if read_back.gone else returned
    asked = {parameter: source.get(field) for parameter, field in read_back.arguments.items()}
    if None in asked.values():
        return  # the row has no owner to be asked for
    found, _ = _outcome(world, read_back.tool, asked)
    case = orjson.dumps(asked).decode()
    if read_back.gone:
        detail = f"{read_back.tool} still finds it ({case})"
        tally.count(Check.GONE, writer, found["error"] is not None, detail)
    else:
        detail = f"{read_back.tool} returns something else ({case})"
        tally.count(Check.READS_BACK, writer, found["value"] == returned, detail)


_BREACHES = {
    Check.WRITES_WHERE_DECLARED: (Breach.OVERSTEPPED,),
    Check.ONLY_TOOL_ERRORS: (Breach.RAISED, Breach.EXHAUSTED, Breach.SWALLOWED),
    Check.RESULT_FITS: (Breach.RESULT,),
}


def _outcome(
    world: World, tool: str, arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], ContractError | None]:
    try:
        result = world.call(tool, arguments)
    except ContractError as error:
        return {"value": None, "error": None, "broke": error.breach}, error
    return {"value": result.value, "error": result.error}, None


def _repeat(start: World, made: Sequence[_Made], tally: _Tally) -> None:
    """Make the same calls on a fresh copy; stop at the first difference, whose tool is to blame."""
    with closing(start.fork()) as twin:
        for call in made:
            result, _ = _outcome(twin, call.tool, call.arguments)
            same = orjson.dumps(result) == call.outcome and twin.state_hash() == call.state
            case = orjson.dumps(call.arguments).decode()
            tally.count(Check.REPEATS, call.tool, same, f"differs the second time ({case})")
            if not same:
                return


def _try_harder(start: World, trial: ToolTrial, tally: _Tally, rng: random.Random) -> None:
    """More plain calls for a tool that has not succeeded, or not changed anything, so far."""
    writes = tally.toolbox.definitions[trial.tool].effect == "write"
    for _ in range(EXTRA_TRIALS):
        done = tally.succeeded[trial.tool] and (tally.changed[trial.tool] or not writes)
        if done or tally.has_failed(trial.tool):
            return
        with closing(start.fork()) as world:
            _try_call(world, trial, Manner.PLAIN, world.state_hash(), tally, rng)
