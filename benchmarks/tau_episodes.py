"""What an episode of tau2 costs through our runner, beside tau2's own, with models that answer at
once.

    python benchmarks/tau_episodes.py --home tau2-bench --python tau2-bench/.venv/bin/python

Processor seconds an episode, start-up left out: tau2's runner in its process; of ours, the bridge's
process and the one that answers.  Both play the same tasks, one episode at a time.
"""

import argparse
import asyncio
import re
import resource
import subprocess
import time
from pathlib import Path

from agentscaler.evaluation.tau.answering import Cast
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.settings import Tau2Settings
from agentscaler.evaluation.tau.suite import Agenda, Player, read_agenda
from agentscaler.evaluation.tau.tau2 import Tau2Benchmark
from agentscaler.evaluation.trial import Slot
from agentscaler.llm import Completion, Request

ALONE = Path(__file__).with_name("tau_episodes_alone.py")


class Talker:
    """Asks for more, and the user stops after some rounds."""

    def __init__(self, name: str, rounds: int | None) -> None:
        self.name = name
        self._rounds = rounds

    async def complete(self, request: Request) -> Completion:
        said = sum(one.role == "assistant" for one in request.messages)
        stops = self._rounds is not None and said >= self._rounds
        return Completion(text="###STOP###" if stops else "Tell me more.")


def alone(home: Home, domain: str, episodes: int, rounds: int) -> float:
    """Of tau2's own runner."""
    done = subprocess.run(
        [home.python, ALONE, domain, str(episodes), str(rounds)],
        cwd=home.path,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"^SECONDS (\S+)$", done.stderr, re.MULTILINE)
    assert found is not None
    return float(found[1])


def ours(
    benchmark: Tau2Benchmark, agenda: Agenda, cast: Cast, episodes: int
) -> tuple[float, float]:
    """Of the bridge's process, and of this one, for so many episodes and a first one."""

    async def play() -> None:
        player = Player(benchmark, benchmark.settings, cast, agenda.home, 1, 1)
        for task in agenda.tasks[: episodes + 1]:
            await player.play(agenda.episode(Slot(task.key, 0)))
        await player.aclose()

    children, own = _seconds_of_children(), time.process_time()
    asyncio.run(play())
    return _seconds_of_children() - children, time.process_time() - own


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description="The cost of an episode of tau2.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--domain", default="airline", help="one without a judge")
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    home = Home.find("tau2", given.home, given.python)
    settings = Tau2Settings(home=home.path, domains=(given.domain,))
    benchmark = Tau2Benchmark(settings, 300)
    models = {"agent": Talker("agent", None), "user": Talker("user", given.rounds)}
    # Talkers stand in for models: the bridge asks no more of them than `complete`.
    cast = Cast({"agent": "agent", "user": "user"}, {}, models)  # type: ignore[arg-type]
    agenda = asyncio.run(read_agenda(home, benchmark, cast, 1, 300))
    theirs = alone(home, given.domain, given.episodes, given.rounds)
    first, many = ours(benchmark, agenda, cast, 0), ours(benchmark, agenda, cast, given.episodes)
    bridge, own = ((b - a) / given.episodes for a, b in zip(first, many, strict=True))
    print(f"{given.domain}, {given.episodes} episodes of {2 * given.rounds + 1} model calls")
    print("| processor seconds an episode | | of tau2's |\n|---|---|---|")
    print(f"| tau2's own runner | {theirs:.3f} | 1.00 |")
    print(f"| ours, bridge | {bridge:.3f} | {bridge / theirs:.2f} |")
    print(f"| ours, answering | {own:.3f} | {own / theirs:.2f} |")
    print(f"| ours, both | {bridge + own:.3f} | {(bridge + own) / theirs:.2f} |")


if __name__ == "__main__":
    main()
