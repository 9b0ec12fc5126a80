"""Our ACEBench scorer against the official one, answer by answer.

    python benchmarks/acebench_parity.py --home CHECKOUT [--python INTERPRETER]

For every item of both languages: the right answer, and every wrong one that `acebench/answers.py`
makes of it.  The official scorer judges them one at a time in a process of its own.  Printed are,
by category, the answers and how many verdicts agree (for agents the process accuracy too), what
the official scorer and both of ours say of the right answers, and the changes on which the fixed
scorer differs from the official one.  Answers at which the official scorer breaks down with an
exception agree where ours says so.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "acebench"))
from answers import Answer, right_answer, wrong_answers

from agentscaler.evaluation.acebench.categories import CATEGORIES, Kind
from agentscaler.evaluation.acebench.items import AceData, Language, read_data
from agentscaler.evaluation.acebench.parity import SCORER_ERROR
from agentscaler.evaluation.acebench.score import score_answer
from agentscaler.evaluation.acebench.verdict import Scores

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True)
class Judged:
    """An answer with what both scorers say of it."""

    answer: Answer
    ours: Scores
    official: dict[str, Any]

    @property
    def agrees(self) -> bool:
        if "error" in self.official:
            broken = self.ours.parity.reason == SCORER_ERROR
            return broken or (
                self.answer.item.kind is Kind.AGENT and self.ours.parity_process is None
            )
        if self.ours.parity.right != (self.official["accuracy"] == 1):
            return False
        if self.answer.item.kind is not Kind.AGENT:
            return True
        process = self.ours.parity_process
        return process is not None and round(process, 3) == self.official["process"]


def all_answers(data: AceData, seed: str) -> Iterator[Answer]:
    """The right answer and the wrong ones of every item."""
    for item in data.items:
        yield right_answer(item)
        yield from wrong_answers(item, random.Random(f"{seed}/{data.language}/{item.id}"))


def judge_all(
    home: Path, python: str, data: AceData, answers: Sequence[Answer]
) -> Iterator[Judged]:
    """Both verdicts on each answer."""
    records = _records(data)
    requests = [
        {
            "category": one.item.category,
            "language": data.language,
            "items": [
                {
                    **records[one.item.id],
                    "result": {"id": one.item.id, "result": one.result, "process": one.process},
                }
            ],
        }
        for one in answers
    ]
    for one, reply in zip(answers, ask_official(home, python, requests), strict=True):
        result = json.loads(json.dumps(one.result))
        yield Judged(one, score_answer(one.item, result, one.process), reply)


def accuracies(
    home: Path, python: str, data: AceData, answers: Sequence[Answer]
) -> dict[str, dict[str, Any]]:
    """The official accuracies of whole categories, by their names."""
    records = _records(data)
    requests: dict[str, dict[str, Any]] = {}
    for one in answers:
        request = {"category": one.item.category, "language": data.language, "items": []}
        result = {"id": one.item.id, "result": one.result, "process": one.process}
        items = requests.setdefault(one.item.category, request)["items"]
        items.append({**records[one.item.id], "result": result})
    return dict(zip(requests, ask_official(home, python, list(requests.values())), strict=True))


def ask_official(
    home: Path, python: str, requests: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What the official scorer replies to each request."""
    script = Path(__file__).parent / "acebench" / "judge.py"
    done = subprocess.run(
        [python, str(script), str(home)],
        input="".join(json.dumps(one) + "\n" for one in requests),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _records(data: AceData) -> dict[str, dict[str, Any]]:
    """The questions and answers as the files have them, by id."""
    records: dict[str, dict[str, Any]] = {}
    for name, content in data.files.items():
        part = "answer" if name.startswith("possible_answer") else "prompt"
        for line in content.splitlines():
            record = json.loads(line)
            records.setdefault(record["id"], {})[part] = record
    return records


def _table(
    language: str, judged: Sequence[Judged], accuracy: Mapping[str, Mapping[str, Any]]
) -> None:
    """By category; `accuracy` is the official one of the data's own answers, as it is published:
    of multi-turn calls by dialogues."""
    print(f"\n{language:40} answers  agree   own answers: official  item by item  parity   fixed")
    for category in CATEGORIES:
        mine = [one for one in judged if one.answer.item.category == category]
        if not mine:
            continue
        right = [one for one in mine if one.answer.change == "right"]
        official = sum(one.official.get("accuracy") == 1 for one in right) / len(right)
        parity = sum(one.ours.parity.right for one in right) / len(right)
        fixed = sum(one.ours.fixed.right for one in right) / len(right)
        agree = sum(one.agrees for one in mine)
        print(
            f"{category:40} {len(mine):7,} {agree:6,} {'ok' if agree == len(mine) else 'NO':>3}"
            f" {accuracy[category]['accuracy']:18.3f} {official:13.3f} {parity:7.3f} {fixed:7.3f}"
        )


def _differences(judged: Sequence[Judged], shown: int) -> None:
    for one in [one for one in judged if not one.agrees][:shown]:
        print(
            f"  differs: {one.answer.item.id} {one.answer.change}: official {one.official},"
            f" ours {one.ours.parity} {one.ours.parity_process}: {str(one.answer.result)[:300]}"
        )
    counts = Counter(
        (one.answer.change, one.ours.parity.right, one.ours.fixed.right)
        for one in judged
        if one.ours.parity.right != one.ours.fixed.right
    )
    print("\nwhere the fixed scorer differs from the official one   answers")
    for (change, official, _), count in counts.most_common():
        verdict = "right, fixed: wrong" if official else "wrong, fixed: right"
        print(f"  {change:28} official: {verdict:22} {count:7,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", default=os.environ.get("ACEBENCH_HOME", ""))
    parser.add_argument("--python", default=sys.executable, help="runs the official scorer")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--shown", type=int, default=10)
    given = parser.parse_args()
    if not given.home:
        print("no checkout of ACEBench: give --home or set ACEBENCH_HOME; nothing is compared")
        return
    judged: list[Judged] = []
    for language in LANGUAGES:
        data = read_data(Path(given.home), language)
        answers = list(all_answers(data, given.seed))
        started = time.process_time()
        here = list(judge_all(Path(given.home), given.python, data, answers))
        own = [one.answer for one in here if one.answer.change == "right"]
        _table(language, here, accuracies(Path(given.home), given.python, data, own))
        print(
            f"our scorer and the reading of replies: {time.process_time() - started:.1f} s of CPU"
        )
        judged += here
    agree = sum(one.agrees for one in judged)
    broken = sum("error" in one.official for one in judged)
    print(
        f"\n{agree:,} of {len(judged):,} verdicts agree; the official scorer broke {broken:,} times"
    )
    _differences(judged, given.shown)


if __name__ == "__main__":
    main()
