"""`CodeCheck`: whether functions that a model wrote do what the rules' functions do.

In: an answer with a function for each of some tools.  Out: what is wrong with each, in words for
who wrote it.  A function must be plain text of moderate length, pass the guard and be alone; then
it takes the place of the draft's and must hold the certificate that the draft held.  The guard and
the trials are the business of jailed workers: nothing that a model wrote is compiled or run here.
"""

import ast
import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.certificate import Check, ToolFailure
from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.domain.examine import examine
from agentscaler.domain.remaking.module import Module, bare
from agentscaler.errors import GuardError, InputError, WorldError
from agentscaler.world.jail import JailError
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.tree import parse
from agentscaler.world.workers import WorkerLostError

__all__ = [
    "MOST_TOOLS",
    "CodeCheck",
    "ToolFunctions",
    "first_failures",
    "told",
    "unfit",
    "with_functions",
]

MOST_TOOLS = 6
"""Tools in one question."""

_ROOM = 4_000
_TIMES_THE_DRAFT = 3
"""A function may be so many times as long as its draft, and `_ROOM` characters longer."""

_DETAIL = 700

_STRANGE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that a reader does not see as what they are."""

_MEANT = {
    Check.ACCEPTS_THE_MET: "it does not accept a call that meets every requirement",
    Check.REFUSES_THE_UNMET: "it accepts a call that does not meet a requirement",
    Check.CHANGES_AS_PROMISED: "it does not change exactly what the effects change, in",
    Check.ANSWERS_AS_PROMISED: "its result is not what the answer gives",
    Check.REFUSES_UNKNOWN: "it does not refuse a key that no row has",
    Check.NAMES_UNKNOWN: "its refusal of a key that no row has does not name that key",
    Check.REFUSES_MALFORMED: "it accepts arguments that do not fit the parameters",
    Check.REFUSAL_LEAVES_NO_TRACE: "it refuses and yet changes something",
    Check.READ_KEEPS_STATE: "it only reads and yet changes something",
    Check.WRITES_WHERE_DECLARED: "it does what it may not do, or writes another table",
    Check.ONLY_TOOL_ERRORS: "it raises another error than ToolError, drops one, or takes too long",
    Check.RESULT_FITS: "its result does not have the fields and types of the answer",
    Check.SUCCEEDS: "it refuses everything",
    Check.WRITE_CHANGES_STATE: "it changes nothing",
    Check.READS_BACK: "what it returns is not what is read next",
    Check.GONE: "what it deletes is still found",
    Check.WORKERS_AGREE: "it does not do the same in every process",
    Check.RULES_HOLD: "it breaks a business rule",
    Check.REFERENCES_HOLD: "it leaves references to rows that are not there",
}
"""What failing a check means, for those who never heard of it."""


class ToolFunction(BaseModel):
    """One tool's function."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str = Field(max_length=64, description="the tool's name")
    source: str = Field(
        min_length=1,
        max_length=40_000,
        description="Python: one function with the tool's name and signature, and nothing else",
    )


class ToolFunctions(BaseModel):
    """A function for each tool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    functions: Annotated[tuple[ToolFunction, ...], Field(max_length=2 * MOST_TOOLS)]


@dataclass(frozen=True)
class _Trial:
    """What the certificates of one domain are made with."""

    domain: Domain
    trials: int
    seed: str


class CodeCheck:
    """Looks at answers about some tools of one domain.

    Args:
        domain: as the rules made it; each function must hold in its module.
        module: of the domain.
        tools: those that are asked for.
        trials, seed: of the certificate.

    Attributes:
        sources: functions by tool that nothing was wrong with, as the last answer had them.
    """

    def __init__(
        self, domain: Domain, module: Module, tools: Sequence[DomainTool], trials: int, seed: str
    ) -> None:
        self._trial = _Trial(domain, trials, seed)
        self._module = module
        self._tools = {tool.name: tool for tool in tools}
        self._known: dict[tuple[str, str], str] = {}
        self.sources: dict[str, str] = {}

    async def __call__(self, answer: ToolFunctions) -> dict[str, list[str]]:
        """What is wrong, by `<domain>/<tool>`; "" is the answer itself."""
        faults = await asyncio.to_thread(self._faults, answer)
        return {f"{self._trial.domain.id}/{tool}" if tool else "": [f] for tool, f in faults}

    def _faults(self, answer: ToolFunctions) -> list[tuple[str, str]]:
        self.sources = {}
        odd = sorted({repr(one.tool) for one in answer.functions if one.tool not in self._tools})
        if odd:
            return [("", f"{', '.join(odd)} is not among the tools that are asked for")]
        faults: dict[str, str] = {}
        candidates: dict[str, str] = {}
        for name, tool in self._tools.items():
            given = [one.source for one in answer.functions if one.tool == name]
            if len(given) != 1:
                faults[name] = f"there are {len(given)} functions for it, give one"
                continue
            source = given[0].replace("\r\n", "\n").strip("\n") + "\n"
            wrong = self._look_at(tool, source)
            if wrong:
                faults[name] = wrong
            else:
                candidates[name] = source
        # what was tried in the answer before need not be tried again
        fresh = {name: text for name, text in candidates.items() if (name, text) not in self._known}
        trial = self._trial
        found = first_failures(trial.domain, self._module, fresh, trial.trials, trial.seed)
        for name, text in fresh.items():
            failure = found.get(name)
            if failure is None or failure.tool == name:
                self._known[name, text] = "" if failure is None else told(failure)
            else:
                blamed = failure.tool or "the domain"
                faults[name] = f"{blamed} fails beside what was written: {told(failure)}"
        known = {name: self._known.get((name, text), "") for name, text in candidates.items()}
        faults |= {name: wrong for name, wrong in known.items() if wrong}
        self.sources = {name: text for name, text in candidates.items() if name not in faults}
        return list(faults.items())

    def _look_at(self, tool: DomainTool, source: str) -> str:
        draft = self._module.functions[tool.name]
        wrong = unfit(self._trial.domain, tool, source, _ROOM + _TIMES_THE_DRAFT * len(draft))
        if not wrong and bare(source) == bare(draft):
            return "it is the draft as it was; write it anew"
        return wrong


def unfit(domain: Domain, tool: DomainTool, source: str, most: int) -> str:
    """What is wrong with a tool's function before any call of it; empty where nothing is.

    Args:
        most: characters that it may have.
    """
    if len(source) > most:
        return f"it is {len(source):,} characters long, more than {most:,}"
    return _strange_character(source) or _guarded(domain, tool, source) or _alone(tool, source)


def _guarded(domain: Domain, tool: DomainTool, source: str) -> str:
    """What the guard of a jailed worker says of a function that stands alone."""
    image = domain.states[min(domain.states, key=lambda name: (len(domain.states[name]), name))]
    try:
        toolbox = JailedToolbox(source, [tool])
        JailedWorld(image, toolbox, now=domain.manifest.now).close()
    except (GuardError, InputError) as error:
        return str(error)
    except JailError:
        raise
    except (WorldError, WorkerLostError) as error:
        return f"it cannot even be compiled: {error}"
    return ""


def with_functions(domain: Domain, module: Module, written: Mapping[str, str]) -> Domain:
    """The domain with some functions of a model's; its tools run in jailed workers only."""
    return replace(
        domain,
        manifest=domain.manifest.model_copy(update={"engine": "llm"}),
        source=module.source_with(written, [tool.name for tool in domain.manifest.tools]),
        trusted=False,
    )


def first_failures(
    domain: Domain, module: Module, written: Mapping[str, str], trials: int, seed: str
) -> dict[str, ToolFailure]:
    """The failure of each function that does not hold its certificate in the domain's module.

    A failure shows at a tool, but what another did before or after may have caused it; so each
    function that could be to blame is tried alone, among drafts, the one at which it showed first.
    Where none fails alone, the failure is put down to all.
    """
    left = dict(written)
    found: dict[str, ToolFailure] = {}
    while left:
        failure = _first_failure(domain, module, left, trials, seed)
        if failure is None:
            return found
        guilty: dict[str, ToolFailure] = {}
        for name in sorted(left, key=lambda name: (name != failure.tool, name)):
            alone = _first_failure(domain, module, {name: left[name]}, trials, seed)
            if alone is not None:
                guilty[name] = replace(alone, tool=name)
                break
        guilty = guilty or dict.fromkeys(left, failure)
        found |= guilty
        left = {name: text for name, text in left.items() if name not in guilty}
    return found


def _first_failure(
    domain: Domain, module: Module, written: Mapping[str, str], trials: int, seed: str
) -> ToolFailure | None:
    try:
        _, failures = examine(
            with_functions(domain, module, written), trials=trials, seed=seed, focus=set(written)
        )
    except GuardError as error:
        return ToolFailure("", Check.WRITES_WHERE_DECLARED, str(error))
    except JailError:
        raise
    except (WorldError, WorkerLostError) as error:
        return ToolFailure("", Check.ONLY_TOOL_ERRORS, str(error))
    return failures[0] if failures else None


def told(failure: ToolFailure) -> str:
    """A failure in words for who wrote the function."""
    meant = _MEANT.get(failure.check, failure.check.value)
    return f"{meant}: {failure.detail[:_DETAIL]}"


def _strange_character(source: str) -> str:
    for number, line in enumerate(source.split("\n"), 1):
        for character in line:
            if unicodedata.category(character) in _STRANGE and character != "\t":
                return f"line {number} holds the character U+{ord(character):04X}; leave it out"
    return ""


def _alone(tool: DomainTool, source: str) -> str:
    """What is wrong with the form of a function that the guard has let through."""
    body = parse(source).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        return f"it holds {len(body)} statements at the top; write one function, {tool.name}"
    if not ast.get_docstring(body[0]):
        return "it has no docstring"
    return ""
