"""Stand-ins for the official packages in a folder of their own, and models that play in them."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from agentscaler.evaluation.tau.home import Home, Package
from agentscaler.llm import Completion, Request, Usage

__all__ = ["Answers", "Scripted", "clerk", "customer", "fake_home"]

Answers = Callable[[Request], Completion]


def fake_home(path: Path, package: Package = "tau2") -> Home:
    """A checkout of the stand-ins, used with the interpreter that runs the tests."""
    shutil.copytree(Path(__file__).with_name("fake_home"), path)
    shutil.copytree(path / "src" / "litellm", path / "litellm")
    shutil.copy(path / "src" / "loguru.py", path)
    return Home.find(package, path, sys.executable)


class Scripted:
    """A `ChatModel` whose answers a function gives; remembers what it was asked."""

    def __init__(self, name: str, answers: Answers) -> None:
        self.name = name
        self._answers = answers
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        return self._answers(request)


def clerk(request: Request) -> Completion:
    """Adds what the user wants, and says so."""
    last = request.messages[-1]
    usage = Usage(prompt_tokens=10, completion_tokens=3)
    if last.role == "tool":
        return Completion(text="I added it.", usage=usage)
    number = "".join(sign for sign in last.content if sign.isdigit())
    if number in {"", "0"}:
        return Completion(text="There is nothing to add.", usage=usage)
    call = ("call-1", "add", f'{{"number": {number}}}')
    return Completion(calls=(call,), finish="tool_calls", usage=usage)


def customer(request: Request) -> Completion:
    """Says what it wants, and stops when it was answered."""
    first = sum(one.role == "assistant" for one in request.messages) == 0
    return Completion(text=request.messages[0].content if first else "###STOP###")
