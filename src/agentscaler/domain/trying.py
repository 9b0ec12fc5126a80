"""One sequence of trial calls: a world, the model beside it, and what each call is held against."""

import random
from collections.abc import Mapping
from typing import Any

import orjson

from agentscaler.domain.certificate import Check
from agentscaler.domain.tally import Tally
from agentscaler.world.model import Model, ModelError
from agentscaler.world.toolbox import ToolDefinition
from agentscaler.world.trials import Drawn, Manner, ReadBack
from agentscaler.world.world import Breach, ContractError, Outcome, World, outcome_of

__all__ = ["Trying"]

_READ_BACKS = 0.25
"""Share of writes after which the row is read; the model has held all of them to their promise."""

_BREACHES = {
    Breach.OVERSTEPPED: Check.WRITES_WHERE_DECLARED,
    Breach.RAISED: Check.ONLY_TOOL_ERRORS,
    Breach.EXHAUSTED: Check.ONLY_TOOL_ERRORS,
    Breach.SWALLOWED: Check.ONLY_TOOL_ERRORS,
    Breach.RESULT: Check.RESULT_FITS,
}
_OF_CONDUCT = tuple(dict.fromkeys(_BREACHES.values()))


class Trying:
    """Makes calls on one world.

    Attributes:
        calls, outcomes: what was called and what came of it, so far.
        sound: whether world and model still are in the same state.
    """

    def __init__(
        self,
        world: World,
        model: Model,
        definitions: Mapping[str, ToolDefinition],
        rules: Mapping[str, str],
        tally: Tally,
    ) -> None:
        self.world = world
        self.model = model
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.outcomes: list[Outcome] = []
        self.sound = True
        self._definitions = definitions
        self._rules = rules
        self._tally = tally

    def call(self, tool: str, manner: Manner, drawn: Drawn) -> None:
        """Make a call and hold it against everything that is known of it beforehand."""
        written = self.world.written
        (kind, said), error = self._make(tool, drawn.arguments)
        if error is not None:
            self._fail(_BREACHES[error.breach], f"{error.cause} {self._case}")
            return
        for check in _OF_CONDUCT:
            self._tally.passes(check)
        done = kind == "done"
        self._tally.outcome(tool, done=done)
        self._hold_manner(manner, drawn, done, said)
        if self.model.promises(tool) and manner is not Manner.MALFORMED:
            self._hold_requirements(tool, drawn, done, said)
        if not self.sound:
            return
        if not done:
            self._hold_still(Check.REFUSAL_LEAVES_NO_TRACE, tool, written)
        elif self._definitions[tool].effect == "read":
            self._hold_still(Check.READ_KEEPS_STATE, tool, written)
            self._hold_answer(tool, drawn.arguments, None, said)
        else:
            self._hold_write(tool, drawn.arguments, said)

    def read_back(self, writer: str, back: ReadBack, rng: random.Random) -> None:
        """Call the read that goes with the write just made, and hold one against the other."""
        kind, returned = self.outcomes[-1]
        if kind != "done" or (self.model.promises(writer) and rng.random() > _READ_BACKS):
            return
        source = self.calls[-1][1] if back.gone else returned
        asked = {parameter: source.get(field) for parameter, field in back.arguments.items()}
        if None in asked.values():
            return  # the row has no owner to be asked for
        (kind, found), _ = self._make(back.tool, asked)
        if back.gone:
            detail = f"{back.tool} still finds it {self._case}"
            self._hold(Check.GONE, kind == "refused", detail, writer)
        else:
            same = kind == "done" and found == returned
            detail = f"{back.tool} returns something else {self._case}"
            self._hold(Check.READS_BACK, same, detail, writer)

    def end(self) -> None:
        """What must hold of the whole state after the calls."""
        broken = self.world.broken_references()
        self._hold(Check.REFERENCES_HOLD, not broken, f"in {', '.join(broken)}")
        for table in self.model.tables:
            if self.sound:
                self._compare(Check.CHANGES_AS_PROMISED, table, table)

    @property
    def _case(self) -> str:
        return f"({orjson.dumps(self.calls[-1][1]).decode()})"

    def _make(self, tool: str, arguments: dict[str, Any]) -> tuple[Outcome, ContractError | None]:
        outcome, error = outcome_of(self.world, tool, arguments)
        self.calls.append((tool, arguments))
        self.outcomes.append(outcome)
        return outcome, error

    def _fail(self, check: Check, detail: str, tool: str = "") -> None:
        self._tally.fails(check, tool or self.calls[-1][0], detail)
        self.sound = False

    def _hold(self, check: Check, holds: bool, detail: str, tool: str = "") -> None:
        if holds:
            self._tally.passes(check)
        else:
            self._fail(check, detail, tool)

    def _hold_manner(self, manner: Manner, drawn: Drawn, done: bool, said: Any) -> None:
        if not drawn.wrong:
            return
        unknown = manner is Manner.UNKNOWN
        check = Check.REFUSES_UNKNOWN if unknown else Check.REFUSES_MALFORMED
        self._hold(check, not done, f"accepts {drawn.wrong} {self._case}")
        if unknown and not done:
            named = str(drawn.unknown) in said
            self._hold(Check.NAMES_UNKNOWN, named, f"says only {said!r} {self._case}")

    def _hold_requirements(self, tool: str, drawn: Drawn, done: bool, said: Any) -> None:
        unmet = drawn.unmet
        if drawn.wrong and not unmet:
            unmet = self._asked(tool, drawn.arguments)
        if not unmet:
            self._hold(Check.ACCEPTS_THE_MET, done, f"refuses: {said} {self._case}")
            return
        contract = self._definitions[tool].contract
        assert contract is not None
        first = contract.requirements[unmet[0]]
        what = first.text or first.condition.replace("TRUE", f"{first.argument} is there")
        self._hold(Check.REFUSES_THE_UNMET, not done, f"accepts though not {what} {self._case}")

    def _asked(self, tool: str, arguments: Mapping[str, Any]) -> tuple[int, ...]:
        try:
            return self.model.unmet(tool, arguments)
        except ModelError as error:
            self._fail(Check.CONTRACT_RUNS, str(error))
            return ()

    def _hold_still(self, check: Check, tool: str, written: int) -> None:
        """The state is what it was."""
        if self.world.written == written:
            self._tally.passes(check)
            return
        for table in self.model.tables:
            if self.sound:
                self._compare(check, table, f"{table} has changed")
        if self.sound:
            self._tally.passes(check)

    def _hold_write(self, tool: str, arguments: dict[str, Any], returned: Any) -> None:
        """The state is what the contract makes it; where there is none, the model takes it over."""
        tables: frozenset[str] | set[str] = frozenset(self._definitions[tool].writes)
        before = {table: self.model.rows(table) for table in tables}
        made = None
        if self.model.promises(tool):
            made = self._minted(tool, returned)
            try:
                tables = tables | self.model.follow(tool, arguments, made)
            except ModelError as error:
                self._fail(Check.ACCEPTS_THE_MET, f"accepts what cannot be: {error} {self._case}")
                return
            for table in sorted(tables):
                if self.sound:
                    self._compare(Check.CHANGES_AS_PROMISED, table, table)
            if not self.sound:
                return
            self._tally.passes(Check.CHANGES_AS_PROMISED)
        else:
            self.model.adopt({table: self.world.rows(table) for table in sorted(tables)})
        if any(self.model.rows(table) != rows for table, rows in before.items()):
            self._tally.changed[tool] += 1
        self._hold_answer(tool, arguments, made, returned)
        self._hold_rules(frozenset(tables))

    def _minted(self, tool: str, returned: Any) -> Any:
        contract = self._definitions[tool].contract
        if contract is None or not contract.mints or not isinstance(returned, dict):
            return None
        return returned.get(contract.mints)

    def _hold_answer(self, tool: str, arguments: dict[str, Any], made: Any, said: Any) -> None:
        contract = self._definitions[tool].contract
        if not self.sound or contract is None or contract.answer is None:
            return
        try:
            expected = self.model.answer(tool, arguments, made)
        except ModelError as error:
            self._fail(Check.CONTRACT_RUNS, str(error))
            return
        if said == expected:
            self._tally.passes(Check.ANSWERS_AS_PROMISED)
        else:
            detail = f"answers {_short(said)}, not {_short(expected)} {self._case}"
            self._fail(Check.ANSWERS_AS_PROMISED, detail)

    def _hold_rules(self, tables: frozenset[str]) -> None:
        if not self._rules or not self.sound:
            return
        broken = self.model.broken(self._rules, tables)
        self._hold(Check.RULES_HOLD, not broken, f"breaks {', '.join(broken)} {self._case}")

    def _compare(self, check: Check, table: str, what: str) -> None:
        """Fails unless world and model have the same rows in a table."""
        ours, theirs = self.world.rows(table), self.model.rows(table)
        if ours == theirs:
            return
        wrong = [row for row in ours if row not in theirs][:2]
        missing = [row for row in theirs if row not in ours][:2]
        detail = f"{what}: {_short(wrong)}, not {_short(missing)} {self._case}"
        self._fail(check, detail)


def _short(value: Any) -> str:
    text = orjson.dumps(value, default=str).decode()
    return text if len(text) <= 200 else text[:197] + "..."
