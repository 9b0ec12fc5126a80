"""Counts what a certificate says, and keeps the first failure of each tool and check."""

from collections import Counter
from collections.abc import Iterable, Mapping

from agentscaler.domain.certificate import (
    Certificate,
    Check,
    CheckCount,
    ToolCount,
    ToolFailure,
)
from agentscaler.world.toolbox import ToolDefinition

__all__ = ["Tally"]


class Tally:
    """Trials, failures and successes so far.

    Attributes:
        failures: at most one a tool and check.
        failed: tools that failed any.
    """

    def __init__(self, definitions: Mapping[str, ToolDefinition]) -> None:
        self.failures: list[ToolFailure] = []
        self.failed: set[str] = set()
        self.succeeded: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self._definitions = definitions
        self._refused: Counter[str] = Counter()
        self._passed: Counter[Check] = Counter()
        self._failed: Counter[Check] = Counter()
        self._seen: set[tuple[str, Check]] = set()

    def passes(self, check: Check) -> None:
        self._passed[check] += 1

    def fails(self, check: Check, tool: str, detail: str) -> None:
        self._failed[check] += 1
        self.failed.add(tool)
        if (tool, check) not in self._seen:
            self._seen.add((tool, check))
            self.failures.append(ToolFailure(tool, check, detail))

    def outcome(self, tool: str, *, done: bool) -> None:
        (self.succeeded if done else self._refused)[tool] += 1

    def is_done(self, tool: str) -> bool:
        """Whether the tool has done what it is for."""
        writes = self._definitions[tool].effect == "write"
        return bool(self.succeeded[tool] and (self.changed[tool] or not writes))

    def conclude(self, tools: Iterable[str]) -> None:
        """The checks that look at all trials of a tool at once."""
        for name in tools:
            definition = self._definitions[name]
            succeeded = self.succeeded[name]
            if succeeded:
                self.passes(Check.SUCCEEDS)
            else:
                detail = f"none of {self._refused[name]} calls succeeded"
                self.fails(Check.SUCCEEDS, name, detail)
            if definition.effect == "write" and succeeded:
                if self.changed[name]:
                    self.passes(Check.WRITE_CHANGES_STATE)
                else:
                    detail = f"none of {succeeded} successful calls changed anything"
                    self.fails(Check.WRITE_CHANGES_STATE, name, detail)

    def certificate(self, seed: str, states: tuple[str, ...]) -> Certificate:
        counts = {check: self._passed[check] + self._failed[check] for check in Check}
        return Certificate(
            seed=seed,
            states=states,
            checks={
                check: CheckCount(trials=count, failures=self._failed[check])
                for check, count in counts.items()
                if count
            },
            tools={
                name: ToolCount(
                    trials=self.succeeded[name] + self._refused[name],
                    successes=self.succeeded[name],
                    refusals=self._refused[name],
                )
                for name in self._definitions
            },
            write_success=self._write_success(),
        )

    def _write_success(self) -> float | None:
        writes = [name for name, one in self._definitions.items() if one.effect == "write"]
        succeeded = sum(self.succeeded[name] for name in writes)
        tried = succeeded + sum(self._refused[name] for name in writes)
        return round(succeeded / tried, 4) if tried else None
