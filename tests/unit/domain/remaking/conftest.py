"""Models that answer from a script, and what they were asked."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from agentscaler.domain import Domain, DomainSettings, Remade, remake_domain
from agentscaler.domain.settings import DomainPart
from agentscaler.llm import Completion, PartMaker, Request, Script, ScriptedModel


@dataclass
class Listening:
    """A scripted model that keeps the requests it got."""

    model: ScriptedModel
    requests: list[Request] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.model.name

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        return await self.model.complete(request)

    def last_message(self, number: int = -1) -> str:
        return self.requests[number].messages[-1].content


Remake = Callable[..., tuple[Remade, Listening]]


@pytest.fixture(scope="session")
def remake() -> Remake:
    """Makes one part of a domain anew by the answers given, one after the other; the last one is
    given again and again."""

    def run(domain: Domain, part: DomainPart, *answers: Any) -> tuple[Remade, Listening]:
        rules: list[dict[str, Any]] = [{"json": answer, "times": 1} for answer in answers[:-1]]
        script = Script.parse(json.dumps([*rules, {"json": answers[-1]}]))
        model = Listening(ScriptedModel(script))
        settings = DomainSettings(trials=40, model_parts=(part,))
        made = asyncio.run(remake_domain(domain, PartMaker(model, "domains"), settings))
        return made, model

    return run
