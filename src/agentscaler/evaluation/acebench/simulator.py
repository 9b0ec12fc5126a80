"""The simulated phone and airline of ACEBench, run from the authors' checkout in its own process.

    python -I simulator.py HOME

Reads JSON lines, `{"form": "multi_turn"|"multi_step", "language", "classes", "config", "texts"}`,
and answers each with one line: `{"reply", "state"}` or `{"error"}`.  `texts` are all that the agent
has had executed since the episode began; they are executed anew on fresh instances, so that this
process remembers nothing between two lines and may be killed at any time.

The official classes do the work, but for one thing: they evaluate a text that is made of what a
model wrote.  In their modules `eval` is one that calls a method of a simulated instance with
literal arguments, and nothing else.

Knows the standard library alone: it runs in an interpreter that need not have our package.
"""

import ast
import importlib
import json
import operator
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MODULES = {
    "multi_turn": ("execution_role", "EXECUTION", "multi_turn_utils"),
    "multi_step": ("execution_role_step", "EXECUTION_STEP", "multi_step_utils"),
}
_SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LARGEST = 10**12
_LONGEST = 10_000


class Simulator:
    """Executes what agents write.

    Args:
        home: the checkout.
    """

    def __init__(self, home: Path) -> None:
        self._saved = _saved_attributes(home)
        self._episodes = 0
        self._roles: dict[str, tuple[Any, Any]] = {}
        for form, (role, name, tools) in _MODULES.items():
            package = f"model_inference.{form}"
            roles, world = (importlib.import_module(f"{package}.{part}") for part in (role, tools))
            # Names that the modules look up before the built-in one; their types declare none.
            roles.eval = _computed  # type: ignore[attr-defined]
            world.eval = _caller(world)  # type: ignore[attr-defined]
            self._roles[form] = getattr(roles, name), world

    def execute(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the last of the texts came to, and the state after all of them.

        The state is `[{class: {attribute: value}}, ...]`, [] before a call was executed.
        """
        role, world = self._roles[given["form"]]
        self._episodes += 1
        known = set(vars(world))
        execution = role(
            agent_model_name=f"episode{self._episodes}",
            initial_config=given["config"],
            involved_classes=given["classes"],
            test_id=str(self._episodes),
            language=given["language"],
        )
        reply: Any = None
        instances: dict[str, Any] = {}
        try:
            for text in given["texts"]:
                message, found = execution.respond([{"message": text}])
                reply = message["message"]
                if isinstance(found, dict):
                    instances = found or instances
            return {"reply": reply, "state": self._state(instances)}
        finally:
            for name in set(vars(world)) - known:
                delattr(world, name)

    def _state(self, instances: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {name: {key: vars(one)[key] for key in vars(one) if key in self._saved[name]}}
            for name, one in instances.items()
        ]


def _saved_attributes(home: Path) -> dict[str, list[str]]:
    """What of each class is compared, as the official inference has it in a constant."""
    file = home / "model_inference" / "apimodel_inference.py"
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "SAVED_CLASS":
            found: dict[str, list[str]] = ast.literal_eval(node.value)
            return found
    raise LookupError(f"{file} has no SAVED_CLASS")


def _caller(world: Any) -> Callable[[str], Any]:
    """An `eval` for `instance.method(name=literal, ...)` with instances of the module's own."""

    def call(text: str) -> Any:
        node = ast.parse(text, mode="eval").body
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or not isinstance(node.func.value, ast.Name)
            or node.func.attr.startswith("_")
            or any(one.arg is None for one in node.keywords)
        ):
            raise ValueError("this is not a call of a function that may be called")
        method = getattr(vars(world)[node.func.value.id], node.func.attr)
        arguments = [_literal(one) for one in node.args]
        return method(*arguments, **{str(one.arg): _literal(one.value) for one in node.keywords})

    return call


def _literal(node: ast.expr) -> Any:
    """The value of a literal; what is not one fails as an unknown name does."""
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            raise NameError(f"name {node.func.id!r} is not defined") from error
        raise


def _computed(text: str) -> Any:
    """An `eval` for sums and products of numbers, and for texts that are put together."""

    def value(node: ast.expr) -> Any:
        if not isinstance(node, ast.BinOp) or type(node.op) not in _SIGNS:
            return ast.literal_eval(node)
        left, right = value(node.left), value(node.right)
        numbers = all(isinstance(one, int | float) and abs(one) < _LARGEST for one in (left, right))
        texts = all(isinstance(one, str) and len(one) < _LONGEST for one in (left, right))
        if not numbers and not (texts and isinstance(node.op, ast.Add)):
            raise ValueError("this is not computed")
        return _SIGNS[type(node.op)](left, right)

    return value(ast.parse(text, mode="eval").body)


def _main() -> None:
    home = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(home))
    sys.dont_write_bytecode = True
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the official classes print goes to standard error
    simulator = Simulator(home)
    lines.write(json.dumps({"ready": True}) + "\n")
    lines.flush()
    for line in sys.stdin:
        try:
            answer = simulator.execute(json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        lines.write(json.dumps(answer, default=str) + "\n")
        lines.flush()


if __name__ == "__main__":
    _main()
