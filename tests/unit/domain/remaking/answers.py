"""A model that answers from functions written by hand, and keeps what it was asked."""

import ast
import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from agentscaler.domain import Domain, DomainSettings
from agentscaler.domain.remaking.code import remake_code
from agentscaler.llm import Completion, MakerRecord, PartMaker, Request, Script, ScriptedModel

GOOD = Path(__file__).parent / "box_office_functions.txt"
TRIALS = 24


class Recorder:
    """A scripted model whose requests can be looked at."""

    def __init__(self, rules: Sequence[Mapping[str, Any]] = ()) -> None:
        self._model = ScriptedModel(Script.parse(json.dumps(list(rules))))
        self.name = self._model.name
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        return await self._model.complete(request)

    @property
    def given(self) -> list[dict[str, Any]]:
        """The data of each request."""
        return [json.loads(request.messages[1].content) for request in self.requests]


def remake(
    domain: Domain, model: Recorder, trials: int = TRIALS, seed: str = "7"
) -> tuple[Domain, dict[str, MakerRecord]]:
    """The domain after the model, and the records by tool."""
    maker = PartMaker(model, "domains")
    made, records = asyncio.run(remake_code(domain, maker, DomainSettings(trials=trials), seed))
    by_tool = {record.subject.removeprefix(f"{domain.id}/"): record for record in records}
    assert len(by_tool) == len(records)
    return made, by_tool


def questions(domain: Domain) -> list[list[str]]:
    """The tools that go into each question."""
    model = Recorder([{"fault": {"status": 400}}])
    remake(domain, model)
    return [[tool["name"] for tool in given["tools"]] for given in model.given]


def answering(
    groups: Sequence[Sequence[str]], first: Mapping[str, str], then: Mapping[str, str] | None = None
) -> Recorder:
    """A model that gives each tool the function in `first`, and after a repair that in `then`."""
    rounds = (first, first if then is None else then)
    return Recorder(
        [
            {
                "when": {"anywhere": f'"name":"{group[0]}","signature"', "turn": turn},
                "json": {
                    "functions": [
                        {"tool": name, "source": said[name]} for name in group if name in said
                    ]
                },
            }
            for group in groups
            for turn, said in enumerate(rounds)
        ]
    )


@cache
def good() -> dict[str, str]:
    """A function for each tool of the box office, as a good model would write it."""
    lines = GOOD.read_text().split("\n")
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n"
        for node in ast.parse("\n".join(lines)).body
        if isinstance(node, ast.FunctionDef)
    }
