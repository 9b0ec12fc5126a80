"""The functions of a domain's tools, written anew by a language model.

In: a certified domain of the rules.  Out: the same domain, in whose module the functions that held
stand beside those of the rules, with the certificate of the whole; and a record a tool.  Contracts,
definitions and states stay as they are: what is written anew is how a tool does what it does, and
how it says no.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from agentscaler.domain.domain import Domain, DomainTool
from agentscaler.domain.examine import examine
from agentscaler.domain.remaking.code_check import (
    MOST_TOOLS,
    CodeCheck,
    ToolFunctions,
    told,
    with_functions,
)
from agentscaler.domain.remaking.module import Module
from agentscaler.domain.schema import schema_sql
from agentscaler.domain.settings import DomainSettings
from agentscaler.errors import GuardError, WorldError
from agentscaler.llm import DraftReason, MakerRecord, PartMaker, Prompt
from agentscaler.world.contract import Contract
from agentscaler.world.workers import WorkerLostError

__all__ = ["CODE_PROMPT", "remake_code"]

CODE_PROMPT = Prompt.read("agentscaler.domain", "code.md")

_CHARACTERS = 12_000
"""Of what is told of the tools of one question, unless one alone takes more."""

_ROUNDS = 3
"""How often functions that fail beside the others are taken out before all are."""

_TELLING = ("type", "enum", "items", "minimum", "maximum")
"""What of a parameter's schema matters to code; the draft shows the rest."""

_WORD = re.compile(r"\w+")


async def remake_code(
    domain: Domain, maker: PartMaker, settings: DomainSettings, seed: str
) -> tuple[Domain, list[MakerRecord]]:
    """The domain with each function that a model wrote and that held; and a record a tool.

    Args:
        domain: made by rules and certified; another one stays as it is.
        seed: of the certificate.

    Raises:
        AgentScalerError: the endpoint answers nobody, or the budget is spent; `JailError` where
            this machine cannot confine what a model writes.
    """
    if domain.manifest.engine != "rules":
        return domain, []
    module = Module.read(domain.source)
    written: dict[str, str] = {}
    records: list[MakerRecord] = []
    for tools in _groups(domain, module):
        check = CodeCheck(domain, module, tools, settings.trials, seed)
        subjects = {tool.name: f"{domain.id}/{tool.name}" for tool in tools}
        given = _given(domain, module, tools)
        made = await maker.make(
            "code", list(subjects.values()), CODE_PROMPT, given, ToolFunctions, check
        )
        written |= {
            name: text for name, text in check.sources.items() if subjects[name] in made.sound
        }
        records += made.records
    if not written:
        return domain, records
    remade, lost = await asyncio.to_thread(_certified, domain, module, written, settings, seed)
    return remade, [_turned_away(record, lost) for record in records]


def _certified(
    domain: Domain, module: Module, written: dict[str, str], settings: DomainSettings, seed: str
) -> tuple[Domain, dict[str, str]]:
    """The domain with all functions that hold together, and why others do not, by subject."""
    left = dict(written)
    lost: dict[str, str] = {}
    for _ in range(_ROUNDS):
        if not left:
            break
        remade = with_functions(domain, module, left)
        try:
            certificate, failures = examine(remade, trials=settings.trials, seed=seed)
        except (GuardError, WorldError, WorkerLostError) as error:
            lost |= {f"{domain.id}/{name}": f"the module does not run: {error}" for name in left}
            return domain, lost
        if not failures:
            return replace(remade, certificate=certificate), lost
        guilty = {one.tool: told(one) for one in failures if one.tool in left}
        if not guilty:
            guilty = dict.fromkeys(left, f"{failures[0].tool} fails: {told(failures[0])}")
        lost |= {f"{domain.id}/{name}": f"beside the others {why}" for name, why in guilty.items()}
        left = {name: text for name, text in left.items() if name not in guilty}
    why = "the functions that are left do not hold together"
    return domain, {**{f"{domain.id}/{name}": why for name in left}, **lost}


def _turned_away(record: MakerRecord, lost: dict[str, str]) -> MakerRecord:
    why = lost.get(record.subject)
    if why is None or record.maker == "rules":
        return record
    back = {"maker": "rules", "reason": DraftReason.UNSOUND, "detail": why[:400]}
    return record.model_copy(update=back)


def _groups(domain: Domain, module: Module) -> Iterator[list[DomainTool]]:
    """The tools by table, so many together as one question takes."""
    order = {table.name: position for position, table in enumerate(domain.manifest.tables)}
    group: list[DomainTool] = []
    size = 0
    for tool in sorted(domain.manifest.tools, key=lambda tool: (order[tool.table], tool.name)):
        more = len(str(_told(tool, module)))
        full = len(group) == MOST_TOOLS or size + more > _CHARACTERS
        if group and (full or (group[0].table != tool.table and size > _CHARACTERS // 2)):
            yield group
            group, size = [], 0
        group.append(tool)
        size += more
    if group:
        yield group


def _given(domain: Domain, module: Module, tools: Sequence[DomainTool]) -> dict[str, Any]:
    helpers = {name for tool in tools for name in module.helpers_of(tool.name)}
    shared = [text for name, text in module.functions.items() if name in helpers]
    told_of = [_told(tool, module) for tool in tools]
    named = frozenset(_WORD.findall(f"{told_of}{shared}"))
    concerned = [table for table in domain.manifest.tables if table.name in named]
    return {
        "service": domain.manifest.title,
        "tables": schema_sql(concerned).strip().split("\n\n"),
        "shared": shared,
        "tools": told_of,
    }


def _told(tool: DomainTool, module: Module) -> dict[str, Any]:
    """What a model is told of one tool."""
    draft = module.functions[tool.name]
    return {
        "name": tool.name,
        "signature": draft.partition("\n")[0].removeprefix("def ").removesuffix(":"),
        "description": tool.description,
        "parameters": {
            name: {word: schema[word] for word in _TELLING if word in schema}
            for name, schema in tool.parameters["properties"].items()
        },
        "writes": tool.writes,
        "contract": _said(tool.contract) if tool.contract is not None else {},
        "draft": draft,
    }


def _said(contract: Contract) -> dict[str, Any]:
    """A contract without what says nothing."""
    plain = contract.model_dump(mode="json", exclude_defaults=True)
    for requirement in plain.get("requirements", ()):
        requirement.pop("rule", None)
    return plain
