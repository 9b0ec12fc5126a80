"""Thousands of episodes in flight in one process: what they cost beside the waiting itself.

    python benchmarks/flight.py [RUN] [EPISODES]

Plays tasks of a run with the expert and the scripted user, the expert behind a pretended model that
takes a while for each turn: once as an agent that only waits, and once as a model that a
`ModelAgent` asks, with a store of answers and a bill.  All episodes begin at once.  Baseline, in
the same process: as many coroutines that only wait, for as many turns.  Printed: seconds, the
overhead a turn as a share of the model's time, processor time a turn, and how much memory grew, for
N, 2N and 4N episodes and several numbers of live worlds.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import count, cycle, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson

from agentscaler.chat import Message
from agentscaler.domain import Domain, load_domain
from agentscaler.llm import (
    AccountedModel,
    Budget,
    CallStore,
    Completion,
    EndpointSettings,
    Request,
    Usage,
)
from agentscaler.rollout import (
    Agent,
    AgentMaker,
    ExpertMaker,
    ModelAgent,
    RolloutSettings,
    roll_out,
)
from agentscaler.task import Task

MODEL_SECONDS = 1.0


class SlowAgent:
    """An agent whose every turn takes the model's time."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.name = "slow expert"

    async def act(self, messages: Sequence[Message]) -> Message:
        await asyncio.sleep(MODEL_SECONDS)
        message: Message = self._inner.act(messages)
        return message


def make_slow(domain: Domain, task: Task, seed: str) -> Agent:
    return SlowAgent(ExpertMaker(0.15)(domain, task, seed))


class PlayedModel:
    """A `ChatModel` that takes its time and answers as the expert of the episode would."""

    name = "played"

    def __init__(self) -> None:
        self.experts: dict[int, Any] = {}

    async def complete(self, request: Request) -> Completion:
        await asyncio.sleep(MODEL_SECONDS)
        if (expert := self.experts.get(request.sample)) is None:
            return Completion(text="Ready.")
        message = expert.act(request.messages)
        calls = tuple(
            (call.id, call.name, orjson.dumps(call.arguments).decode())
            for call in message.tool_calls
        )
        usage = Usage(prompt_tokens=2000, completion_tokens=40)
        return Completion(text=message.content, calls=calls, usage=usage)


class PlayedMaker:
    """Makes model agents that one accounted model plays, with a store in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._played = PlayedModel()
        endpoint = EndpointSettings(model=self._played.name, input_usd=1, output_usd=4)
        store = CallStore(folder / "calls.sqlite")
        self._model = AccountedModel(self._played, endpoint, store, Budget(), "rollout", "agent")
        greeting = Request(messages=(Message(role="user", content="Are you there?"),), sample=-1)
        asyncio.run(self._model.complete(greeting))  # the first question goes alone
        self._numbers = count()

    def __call__(self, domain: Domain, task: Task, seed: str) -> Agent:
        sample = next(self._numbers)
        self._played.experts[sample] = ExpertMaker(0.15)(domain, task, seed)
        return ModelAgent(self._model, domain, sample)


def work_of(run: Path, episodes: int) -> list[tuple[Domain, list[Task]]]:
    """So many tasks of a run, with their domains; a small run's are played more than once."""
    lines = (run / "tasks.jsonl").read_text().splitlines()
    tasks = islice(cycle(Task.model_validate_json(line) for line in lines[:episodes]), episodes)
    return [
        (load_domain(run / "domains" / name), list(group))
        for name, group in groupby(tasks, attrgetter("domain"))
    ]


async def _only_wait(turns: Sequence[int]) -> None:
    async def episode(number: int) -> None:
        for _ in range(number):
            await asyncio.sleep(MODEL_SECONDS)

    await asyncio.gather(*(episode(number) for number in turns))


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(
    work: list[tuple[Domain, list[Task]]], worlds: int, name: str, agent: AgentMaker
) -> None:
    episodes = sum(len(tasks) for _, tasks in work)
    settings = RolloutSettings(in_flight=episodes, worlds=worlds)
    before, start, cpu = peak_mib(), time.perf_counter(), time.process_time()
    played = [one for unit in roll_out(work, settings, agent=agent) for one in unit]
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    grown = peak_mib() - before
    turns = [sum(message.role == "assistant" for message in one.messages) for one in played]
    start = time.perf_counter()
    asyncio.run(_only_wait(turns))
    waited = time.perf_counter() - start
    overhead = (seconds - waited) / (max(turns) * MODEL_SECONDS)
    satisfied = sum(one.stop == "satisfied" for one in played)
    print(
        f"{name:8} {episodes:8,} {worlds:7,} {seconds:9.2f} {waited:9.2f} {100 * overhead:8.1f}% "
        f"{1e3 * cpu / sum(turns):9.2f} {grown:10.0f} {satisfied:10,}"
    )


def main() -> None:
    run = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/demo")
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 4_000
    print(f"a model that takes {MODEL_SECONDS} s a turn, all episodes at the same time")
    print("agent    episodes  worlds   seconds   waiting overhead CPU ms/turn  MiB more  satisfied")
    for episodes in (most // 4, most // 2, most):
        work = work_of(run, episodes)
        for worlds in (64, 256, 1024):
            measure(work, worlds, "waiting", make_slow)
        with tempfile.TemporaryDirectory() as folder:
            measure(work, 256, "model", PlayedMaker(Path(folder)))


if __name__ == "__main__":
    main()
