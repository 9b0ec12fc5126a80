"""Answers BFCL's questions rightly, or wrongly, from the package's own data."""

import ast
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from agentscaler.llm.script import Reply, Rule, Script

__all__ = ["Gold"]

NO_CALL = "There is nothing that I could call for this."


class Gold(Script):
    """A model that knows the answers.

    Args:
        data: the folder of the package's data.
        categories: whose questions may be asked.
        wrong: calls what is not there, and calls something where nothing fits.
    """

    def __init__(self, data: Path, categories: Iterable[str], *, wrong: bool = False) -> None:
        super().__init__([])
        self._wrong = wrong
        self._turns: dict[str, tuple[list[str], list[list[Reply]]]] = {}
        documents = list(_lines(*sorted((data / "multi_turn_func_doc").glob("*.json"))))
        names = {one["name"]: list(one["parameters"]["properties"]) for one in documents}
        for category in categories:
            truths = data / "possible_answer" / f"BFCL_v4_{category}.json"
            known = {one["id"]: one["ground_truth"] for one in _lines(truths)}
            for entry in _lines(data / f"BFCL_v4_{category}.json"):
                asked = [turn[-1]["content"] if turn else "" for turn in entry["question"]]
                truth = known.get(entry["id"], [])
                if category.startswith("multi_turn"):
                    calls = [[_parsed(call, names) for call in turn] for turn in truth]
                else:
                    calls = [[_chosen(call) for call in truth]]
                self._turns.setdefault(asked[0], (asked, calls))

    def choose(self, body: dict[str, Any]) -> Rule | None:
        messages, native = body["messages"], "tools" in body
        said = [one.get("content") for one in messages if one["role"] == "user"]
        asked, calls = self._turns[next(text for text in said if text in self._turns)]
        turn = max(number for number, text in enumerate(asked) if text in said)
        last = max(place for place, one in enumerate(messages) if one.get("content") == asked[turn])
        answered = any(one["role"] == "assistant" for one in messages[last:])
        wanted = [] if answered else calls[turn]
        if self._wrong:
            wanted = [] if answered or len(asked) > 1 else [Reply(name="no_such_tool")]
        if not wanted:
            return Rule(say=NO_CALL)
        if native:
            return Rule(call=tuple(map(_sent, wanted)))
        return Rule(say=f"[{', '.join(map(_written, wanted))}]")


def _sent(call: Reply) -> Reply:
    """A call as an endpoint sends it: names of tools have no dots there."""
    return call.model_copy(update={"name": call.name.replace(".", "_")})


def _written(call: Reply) -> str:
    assert isinstance(call.arguments, dict)
    return (
        f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})"
    )


def _chosen(call: Mapping[str, Any]) -> Reply:
    """A call out of the values that are allowed for each argument."""
    [(name, allowed)] = call.items()
    chosen = {key: _first(values) for key, values in allowed.items() if "" not in values}
    return Reply(name=name, arguments=chosen)


def _first(values: list[Any]) -> Any:
    value = values[0]
    if isinstance(value, dict):
        return {key: _first(inner) for key, inner in value.items() if "" not in inner}
    return value


def _parsed(text: str, names: Mapping[str, list[str]]) -> Reply:
    """A call written as Python; arguments without a name take that of their place."""
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.Call)
    name = ast.unparse(node.func)
    places = zip(names[name], node.args, strict=False)
    arguments = {key: ast.literal_eval(value) for key, value in places}
    arguments |= {one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg}
    return Reply(name=name, arguments=arguments)


def _lines(*files: Path) -> Iterable[dict[str, Any]]:
    for file in files:
        if file.exists():
            yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())
