"""Our playing of ACEBench items against the official inference, request by request.

    python benchmarks/acebench_playing.py --home CHECKOUT --python INTERPRETER [--every 13]

A pretended model answers by what it is shown: milestones of the data, and the odd things that
models write.  The official inference asks it over HTTP in a process of its own, ours directly;
compared are all messages that the model was shown, the results and the executed calls.  INTERPRETER
needs openai, python-dotenv, tqdm and wcwidth.  Items at which the official inference breaks down
are counted apart.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agentscaler.evaluation.acebench.categories import CATEGORIES, Kind
from agentscaler.evaluation.acebench.items import AceData, AceItem, Language, read_data
from agentscaler.evaluation.acebench.playing import Player
from agentscaler.evaluation.acebench.prompts import read_prompts
from agentscaler.evaluation.acebench.simulation import Simulation
from agentscaler.llm import Completion, Request, Script
from agentscaler.llm.script import Rule
from agentscaler.llm.scripted_server import ScriptedServer

ODD = (
    "Hello, what do you want?",
    "finish conversation",
    "[turn_on_wifi(), login_device()]",
    "[nothing(a=1)]",
    "[turn_on_wifi(1)]",
    " [turn_on_wifi()]",
    "turn_on_wifi()",
    "[hello]",
    "[send_message(sender_name='Eve')]",
    "[turn_on_wifi(), hello]",
    "Sure: [turn_on_wifi()]",
    "['finish conversation']",
    "[view_orders(user_name=-'x')]",
    "[check_balance(user_name='Eve')]",
    "[check_balance(user_name=len)]",
    "[check_balance(user_name='E'+'ve')]",
    "user: [a]\nb",
    "[check_balance(user_name=f())]",
    "[check_balance(user_name=f(a=1))]",
    "agent: hm",
    "[login_food_platform(username='Eve', password='password123')] ",
)


class Pretender:
    """Answers by what it is shown, for both sides alike."""

    def __init__(self, data: AceData) -> None:
        stones = {one for item in data.items for way in item.milestones for one in way}
        self._steps = sorted(stones)
        self.shown: Counter[str] = Counter()

    def answer(self, messages: Sequence[dict[str, Any]], role: str) -> str:
        shown = json.dumps([role, messages], ensure_ascii=False)
        self.shown[shown] += 1
        rng = random.Random(hashlib.sha256(shown.encode()).hexdigest())
        if role == "user":
            last = "finish conversation" if len(messages) > 9 else "go on"
            return rng.choice(["please do", last, "user: I am Eve", "[turn_on_wifi()]"])
        return rng.choice(self._steps if rng.random() < 0.6 else ODD)


class Answers(Script):
    """The pretender behind an endpoint."""

    def __init__(self, pretender: Pretender) -> None:
        super().__init__([])
        self._pretender = pretender

    def choose(self, body: dict[str, Any]) -> Rule:
        role = "user" if body["model"] == "gpt-user" else "agent"
        messages = [{key: one[key] for key in ("role", "content")} for one in body["messages"]]
        return Rule(say=self._pretender.answer(messages, role))


class Model:
    """The pretender as a `ChatModel`."""

    def __init__(self, pretender: Pretender, role: str) -> None:
        self._pretender = pretender
        self.name = role

    async def complete(self, request: Request) -> Completion:
        messages = [{"role": one.role, "content": one.content} for one in request.messages]
        return Completion(text=self._pretender.answer(messages, self.name))


async def official(
    home: Path, python: str, data: AceData, items: Sequence[AceItem], pretender: Pretender
) -> dict[str, dict[str, Any]]:
    """What the official inference makes of the items, by id."""
    lines: dict[str, bytes] = {}
    for name, content in data.files.items():
        if not name.startswith("possible_answer"):
            lines |= {json.loads(line)["id"]: line for line in content.splitlines()}
    script = Path(__file__).parent / "acebench" / "inference.py"
    async with ScriptedServer(Answers(pretender)) as server:
        process = await asyncio.create_subprocess_exec(
            *(python, str(script), str(home), data.language, server.base_url),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate(b"\n".join(lines[item.id] for item in items))
    return {record["id"]: record for record in map(json.loads, output.splitlines())}


async def compare(home: Path, python: str, language: Language, every: int) -> None:
    data = read_data(home, language)
    items = [item for item in data.items if item.kind is Kind.AGENT]
    items += [item for item in data.items if item.kind is not Kind.AGENT][::every]
    theirs, ours = Pretender(data), Pretender(data)
    records = await official(home, python, data, items, theirs)
    simulation = Simulation(home, language)
    player = Player(
        read_prompts(home, language), simulation, Model(ours, "agent"), Model(ours, "user")
    )
    same: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for item in items:
        before = ours.shown.copy()
        played = await player.play(item, 0)
        record = records[item.id]
        if "error" in record:
            broken[item.category] += 1
            print(
                f"  {item.id}: the official inference broke: {record['error'][:100]};"
                f" ours: {played.stop} {played.detail[:60]}"
            )
            ours.shown = before
            continue
        result = json.loads(json.dumps(played.result))
        if record["result"] == result and record.get("process") == played.process:
            same[item.category] += 1
        else:
            print(f"  {item.id} differs after {len(played.process or ())} executed texts")
    await simulation.aclose()
    counts = Counter(item.category for item in items)
    print(f"\n{language:40} items   same  official broke")
    for category in CATEGORIES:
        if counts[category]:
            row = (counts[category], same[category], broken[category])
            print(f"{category:40} {row[0]:5} {row[1]:6} {row[2]:15}")
    only_ours = ours.shown - theirs.shown
    print(
        f"requests: official {theirs.shown.total():,}, ours {ours.shown.total():,} without the"
        f" items that broke; that only ours has: {only_ours.total():,}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", default=os.environ.get("ACEBENCH_HOME", ""))
    parser.add_argument("--python", default=os.environ.get("ACEBENCH_PYTHON", sys.executable))
    parser.add_argument("--every", type=int, default=13, help="n-th item that is no agent's")
    parser.add_argument("--language", choices=("en", "zh"), action="append")
    given = parser.parse_args()
    if not given.home:
        print("no checkout of ACEBench: give --home or set ACEBENCH_HOME; nothing is compared")
        return
    for language in given.language or ("en", "zh"):
        asyncio.run(compare(Path(given.home), given.python, language, given.every))


if __name__ == "__main__":
    main()
