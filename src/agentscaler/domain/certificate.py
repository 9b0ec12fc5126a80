"""Certificates: what is known of a domain's tools because it was tried (see `domain.certify`)."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

__all__ = [
    "UNCERTIFIED",
    "Certificate",
    "Check",
    "CheckCount",
    "FaultCount",
    "ToolCount",
    "ToolFailure",
]


class Check(StrEnum):
    """What is checked of tools.

    Those marked "by contract" hold a call against what `world.contract` says in SQL; a tool without
    a contract has all the others.
    """

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
    NAMES_UNKNOWN = "names_unknown"
    """The refusal of a key that no record has names that key, so that an agent knows which."""
    REFUSES_MALFORMED = "refuses_malformed"
    """Arguments that do not fit the tool's parameters are refused."""
    REFUSAL_LEAVES_NO_TRACE = "refusal_leaves_no_trace"
    """A refused call leaves the state as it was."""
    CONTRACT_RUNS = "contract_runs"
    """The contract's own SQL runs."""
    ACCEPTS_THE_MET = "accepts_the_met"
    """By contract: a call that meets every requirement is accepted."""
    REFUSES_THE_UNMET = "refuses_the_unmet"
    """By contract: a call that does not meet a requirement is refused."""
    CHANGES_AS_PROMISED = "changes_as_promised"
    """By contract: an accepted call changes what its effects change, and nothing else."""
    ANSWERS_AS_PROMISED = "answers_as_promised"
    """By contract: the result is what the state holds after the call."""
    RULES_HOLD = "rules_hold"
    """No row breaks a business rule, at the start and after each accepted write."""
    REFERENCES_HOLD = "references_hold"
    """After a sequence of calls every foreign key refers to a record."""
    WORKERS_AGREE = "workers_agree"
    """Two worker processes with different hash seeds give the same bytes and the same state again,
    call by call."""
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


class FaultCount(BaseModel):
    """How many faults of one kind were put into the tools, and how many the checks caught."""

    model_config = ConfigDict(frozen=True)

    seeded: int
    caught: int


class Certificate(BaseModel):
    """What was tried and what came of it.

    Attributes:
        seed: of the trials.
        states: names of the initial states that were tried.
        checks: by `Check`, those that applied.
        tools: by name.
        write_success: share of all calls of writing tools that were accepted; None without any.
        faults: by `Fault`, how the checks did on tools with faults seeded into them; empty where
            that was not asked for.
    """

    model_config = ConfigDict(frozen=True)

    seed: str
    states: tuple[str, ...]
    checks: dict[str, CheckCount]
    tools: dict[str, ToolCount]
    write_success: float | None = None
    faults: dict[str, FaultCount] = {}

    @property
    def holds(self) -> bool:
        return bool(self.checks) and all(count.failures == 0 for count in self.checks.values())

    @property
    def fault_share(self) -> float | None:
        """Share of the seeded faults that the checks caught; None where none were seeded."""
        seeded = sum(count.seeded for count in self.faults.values())
        caught = sum(count.caught for count in self.faults.values())
        return caught / seeded if seeded else None


UNCERTIFIED = Certificate(seed="", states=(), checks={}, tools={})
"""What a domain has that was not tried yet; it does not hold."""


@dataclass(frozen=True)
class ToolFailure:
    """A check that a tool failed, with the first case seen; `tool` is "" where the states did."""

    tool: str
    check: Check
    detail: str

    def __str__(self) -> str:
        return f"{self.check}: {self.detail}"
