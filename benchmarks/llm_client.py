"""The chat client beside the `openai` SDK: requests a second a core, 128 on the way.

    python benchmarks/llm_client.py [REQUESTS]

Both ask the same scripted endpoint, in a process of its own, the same questions: the policy of a
domain, eight tools and a few turns.  They take turns, three rounds each.  A core's share is counted
by processor time of the asking process, so that the endpoint's own speed does not matter.  Also
printed: the client with its store of answers and its bill, as runs use it, first asking and then
reusing.  Without the SDK (`pip install openai`) its line is left out.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

from agentscaler.chat import Message
from agentscaler.llm import (
    AccountedModel,
    Budget,
    CallStore,
    EndpointSettings,
    HttpModel,
    Request,
)
from agentscaler.llm.wire import request_body

IN_FLIGHT = 128
ROUNDS = 3
Ask = Callable[[int], Awaitable[object]]

TOOLS: tuple[dict[str, Any], ...] = tuple(
    {
        "type": "function",
        "function": {
            "name": f"get_thing_{number}",
            "description": "Returns one thing with its name, its state and when it was made.",
            "parameters": {
                "type": "object",
                "properties": {
                    name: {"type": "string", "description": f"The {name} of the thing."}
                    for name in ("thing_id", "owner", "state", "language")
                },
                "required": ["thing_id"],
            },
        },
    }
    for number in range(8)
)


def question(number: int) -> Request:
    """The question with that number; no two are equal."""
    turns = [Message(role="system", content="Use only what a tool returned. " * 100)]
    for turn in range(4):
        turns.append(Message(role="user", content=f"Where is thing {number} in year {turn}?"))
        turns.append(Message(role="assistant", content="It was in the second room of the house."))
    turns.append(Message(role="user", content="And now?"))
    return Request(messages=tuple(turns), tools=TOOLS)


async def measure(ask: Ask, requests: int, first: int) -> tuple[float, float]:
    """Requests a second, and a second of processor time, with `IN_FLIGHT` at a time."""
    numbers = iter(range(first, first + requests))

    async def worker() -> None:
        for number in numbers:
            await ask(number)

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return requests / (time.perf_counter() - start), requests / (time.process_time() - cpu)


async def compare(url: str, folder: Path, requests: int) -> None:
    settings = EndpointSettings(base_url=url, model="scripted", concurrency=IN_FLIGHT)
    ours = HttpModel(settings)
    store = CallStore(folder / "calls.sqlite")
    accounted = AccountedModel(ours, settings, store, Budget(), "rollout", "agent")
    ways: dict[str, Ask] = {
        "this client": lambda number: ours.complete(question(number)),
        "this client, answers kept": lambda number: accounted.complete(question(number)),
        "this client, answers reused": lambda number: accounted.complete(question(number)),
    }
    close = None
    try:
        from openai import AsyncOpenAI
    except ImportError:
        print("the openai SDK is not installed")
    else:
        sdk: Any = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
        close = sdk.close
        ways["openai SDK"] = lambda number: sdk.chat.completions.create(
            **request_body("scripted", question(number))
        )
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for ask in (ways["this client"], *([ways["openai SDK"]] if close else [])):
        await measure(ask, IN_FLIGHT * 2, 0)  # connections, and the limiter's way up
    for round_ in range(ROUNDS):
        for name, ask in ways.items():
            rates[name].append(await measure(ask, requests, 10_000 + round_ * requests))
    await ours.aclose()
    store.close()
    if close:
        await close()
    report(rates)


def report(rates: dict[str, list[tuple[float, float]]]) -> None:
    peer = median(cpu for _, cpu in rates.get("openai SDK", [(0, 0)]))
    print(f"{'':30}{'requests/s':>12}{'a core':>10}{'ratio':>8}")
    for name, measured in rates.items():
        wall = median(wall for wall, _ in measured)
        cpu = median(cpu for _, cpu in measured)
        ratio = f"{cpu / peer:.1f}" if peer else "-"
        print(f"{name:30}{wall:12,.0f}{cpu:10,.0f}{ratio:>8}")


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "script.yaml"
        script.write_text("- say: 'It is in the garden now, behind the old tree.'\n")
        module = "agentscaler.llm.scripted_server"
        command = [sys.executable, "-m", module, str(script), "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            url = server.stderr.readline().split()[-1]
            try:
                asyncio.run(compare(url, Path(name), requests))
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
