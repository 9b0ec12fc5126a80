"""Tools for operations whose effect no rule could tell, written by a language model.

In: a certified domain and operations that its rules turned away.  Out: the domain with a tool for
each that held, certified as a whole, and a record an operation.  A model tells each tool twice, as
a contract in SQL and as Python; the certificate holds one against the other, and both against the
business rules.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.certificate import Check, ToolFailure
from agentscaler.domain.describe import policy_text
from agentscaler.domain.domain import Domain, DomainManifest, DomainTool
from agentscaler.domain.edges import connect
from agentscaler.domain.examine import examine
from agentscaler.domain.remaking.action_form import ActionDraft
from agentscaler.domain.remaking.action_tool import action_faults, action_tool, idle_conditions
from agentscaler.domain.remaking.code_check import told, unfit
from agentscaler.domain.remaking.module import Module
from agentscaler.domain.remaking.records import left_as_drafted, turned_away
from agentscaler.domain.settings import DomainSettings
from agentscaler.errors import AgentScalerError, GuardError, InputError, WorldError
from agentscaler.llm import MakerRecord, PartMaker, Prompt
from agentscaler.words import snake
from agentscaler.world.jail import JailError
from agentscaler.world.workers import WorkerLostError

__all__ = ["ACTION_PROMPT", "add_actions"]

ACTION_PROMPT = Prompt.read("agentscaler.domain", "action.md")

_LONGEST = 8_000
_NAME_LENGTH = 44
_TOLD = ("type", "enum", "description")


async def add_actions(
    domain: Domain,
    refused: Sequence[ToolSpec],
    maker: PartMaker,
    settings: DomainSettings,
    seed: str,
) -> tuple[Domain, list[MakerRecord]]:
    """The domain with tools that a model made of operations; the same domain where none held.

    Args:
        domain: certified; its policy is that of the rules.
        refused: operations of its service that the rules could not bind; the first by id are asked
            about, see `DomainSettings.most_actions`.
        seed: of the certificate.

    Raises:
        AgentScalerError: the endpoint answers nobody, or the budget is spent; `JailError` where
            this machine cannot confine what a model writes.
    """
    records: list[MakerRecord] = []
    for spec in sorted(refused, key=lambda one: one.id)[: settings.most_actions]:
        name = snake(spec.name.rpartition(".")[2])[:_NAME_LENGTH].strip("_")
        if not name.isascii() or not name.isidentifier() or name in _names(domain):
            continue  # a tool of that name, or what one calls, is there
        subject = f"{domain.id}/{name}"
        attempt = _Attempt(domain, spec, name, settings.trials, seed)
        made = await maker.make(
            "actions", [subject], ACTION_PROMPT, attempt.given(), ActionDraft, attempt.faults
        )
        if made.answer is None or subject not in made.sound:
            records += made.records
        elif not made.answer.fits:
            records += left_as_drafted(made.records, {subject})
        else:
            grown = await asyncio.to_thread(attempt.certified)
            kept = isinstance(grown, Domain)
            records += made.records if kept else turned_away(made.records, str(grown))
            domain = grown if isinstance(grown, Domain) else domain
    return domain, records


def _names(domain: Domain) -> frozenset[str]:
    return frozenset({*Module.read(domain.source).functions, *domain.manifest.tool})


@dataclass
class _Attempt:
    """One operation on its way to a tool.

    Attributes:
        grown: the domain with the tool that the last answer told of, if nothing was wrong with it.
    """

    domain: Domain
    spec: ToolSpec
    name: str
    trials: int
    seed: str
    grown: Domain | None = None

    def given(self) -> dict[str, Any]:
        """What a model is told."""
        manifest = self.domain.manifest
        properties = self.spec.parameters.get("properties", {})
        required = self.spec.parameters.get("required", ())
        return {
            "service": manifest.title,
            "tables": self.domain.schema_sql.strip().split("\n\n"),
            "tools": {tool.name: tool.description for tool in manifest.tools},
            "rules": [rule.text for rule in manifest.rules],
            "operation": {
                "name": self.spec.name,
                "description": self.spec.description,
                "parameters": {
                    name: {word: schema[word] for word in _TOLD if word in schema}
                    for name, schema in properties.items()
                    if isinstance(schema, dict)
                },
                "required": list(required),
            },
            "name": self.name,
        }

    async def faults(self, draft: ActionDraft) -> dict[str, list[str]]:
        """What is wrong with an answer."""
        found = await asyncio.to_thread(self._look_at, draft)
        return {f"{self.domain.id}/{self.name}": found}

    def _look_at(self, draft: ActionDraft) -> list[str]:
        self.grown = None
        if not draft.fits:
            return [] if draft.reason.strip() else ["say in a few words why it does not fit"]
        found = list(action_faults(draft, self.domain))
        if found:
            return found
        tool = action_tool(draft, self.name, self.spec.id, self.spec.licence, self.domain)
        found = [f"requires: {fault}" for fault in idle_conditions(draft, tool, self.domain)]
        if any(_same_deed(tool, other) for other in self.domain.manifest.tools):
            found.append("a tool that is there does the same; set fits to false")
        source = draft.source.replace("\r\n", "\n").strip("\n") + "\n"
        wrong = unfit(self.domain, tool, source, _LONGEST)
        found += [f"source: {wrong}"] if wrong else []
        if found:
            return found
        grown = _with_tool(self.domain, tool, source)
        failure = self._first_failure(grown)
        if failure is not None:
            blamed = "" if failure.tool == self.name else f"{failure.tool or 'the domain'}: "
            return [f"SQL and Python side by side: {blamed}{told(failure)}"]
        self.grown = grown
        return []

    def _first_failure(self, grown: Domain) -> ToolFailure | None:
        try:
            certificate, failures = examine(
                grown, trials=self.trials, seed=self.seed, focus={self.name}
            )
        except JailError:
            raise
        except (GuardError, InputError, WorldError, WorkerLostError) as error:
            return ToolFailure("", Check.ONLY_TOOL_ERRORS, str(error))
        if failures:
            return failures[0]
        refusals = certificate.tools[self.name].refusals
        detail = "none of the calls was refused, not even for keys that no row has"
        return None if refusals else ToolFailure(self.name, Check.REFUSES_UNKNOWN, detail)

    def certified(self) -> Domain | str:
        """The whole domain with the tool, certified; or why it does not hold."""
        assert self.grown is not None
        try:
            certificate, failures = examine(self.grown, trials=self.trials, seed=self.seed)
        except JailError:
            raise
        except (AgentScalerError, WorldError, WorkerLostError) as error:
            return str(error)
        if failures:
            return f"the whole domain: {failures[0].tool} {told(failures[0])}"
        return replace(self.grown, certificate=certificate)


def _same_deed(tool: DomainTool, other: DomainTool) -> bool:
    one, two = tool.contract, other.contract
    return one is not None and two is not None and one.effects == two.effects


def _with_tool(domain: Domain, tool: DomainTool, source: str) -> Domain:
    """The domain with one more tool, not certified."""
    manifest = domain.manifest
    tools = (*manifest.tools, tool)
    new = [
        edge
        for edge in connect(tools, manifest.table)
        if tool.name in {edge.producer, edge.consumer}
    ]
    # made anew, since a copy would keep what it had looked up by name
    fields = {field: getattr(manifest, field) for field in DomainManifest.model_fields}
    fields |= {"engine": "llm", "tools": tools, "edges": (*manifest.edges, *new)}
    return replace(
        domain,
        manifest=DomainManifest(**fields),
        source=f"{domain.source.rstrip()}\n\n\n{source}",
        policy=policy_text(manifest.title, tools, manifest.rules),
        trusted=False,
    )
