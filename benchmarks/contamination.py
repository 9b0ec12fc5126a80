"""What holding a training set against benchmarks costs, and whether it finds what is planted.

Run `python benchmarks/contamination.py RUN --against DIR [--against DIR ...]` with a finished run
and checkouts of benchmarks.  It prints:

- processor time for N, 2N and 4N domains of the run, and what was found in them;
- the same texts by the plain method, on fewer domains: sets of 13-grams, every text with every
  passage; with the ratio, and whether both find the same passages;
- what was planted in a copy: a tool in another case, its parameters under another name, a sentence
  of a request, a paragraph of a policy, a description, an identifier; each must be found.

Everything runs in one process, one round; the ratio is of two measurements in the same run.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agentscaler.dataset.contamination import (
    Benchmark,
    ContaminationIndex,
    ContaminationReport,
    read_benchmark,
)
from agentscaler.dataset.contamination.passages import GRAM, LONG, MOST, split_text
from agentscaler.engine import LocalEngine
from agentscaler.pipeline.contamination import compare_run
from agentscaler.runfolder import RunFolder
from agentscaler.words import split_words


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("run", type=Path, help="a run with a training set")
    options.add_argument("--against", action="append", required=True, help="as of the command")
    options.add_argument("--domains", type=int, default=60, help="N")
    options.add_argument("--plain", type=int, default=1, help="domains for the plain method")
    chosen = options.parse_args()
    benchmarks = [read_benchmark(wanted) for wanted in chosen.against]
    with tempfile.TemporaryDirectory() as scratch:
        growth(chosen.run, benchmarks, chosen.domains, Path(scratch))
        beside_the_plain_method(chosen.run, benchmarks, chosen.plain, Path(scratch))
        detection(chosen.run, benchmarks, Path(scratch))


def growth(run: Path, benchmarks: list[Benchmark], count: int, scratch: Path) -> None:
    before = time.process_time()
    index = ContaminationIndex(benchmarks)
    print(
        f"index: {len(index.by_name):,} names, {index.passages.grams:,} n-grams,"
        f" {len(index.known):,} identifiers, {time.process_time() - before:.2f} s"
    )
    print(f"{'domains':>8} {'dialogues':>9} {'MB':>6} {'s':>6} {'MB/s':>6}  found")
    for times in (1, 2, 4):
        part = slice_of(run, count * times, scratch / f"slice{times}")
        megabytes = (part / "dataset" / "train.jsonl").stat().st_size / 1e6
        before = time.process_time()
        report = compared(part, benchmarks)
        seconds = time.process_time() - before
        print(
            f"{report.domains:>8,} {report.dialogues:>9,} {megabytes:>6.1f} {seconds:>6.2f}"
            f" {megabytes / seconds:>6.1f}  {found(report)}"
        )


def beside_the_plain_method(
    run: Path, benchmarks: list[Benchmark], count: int, scratch: Path
) -> None:
    """Texts only, each with each passage."""
    part = slice_of(run, count, scratch / "plain")
    texts = sorted({text for example in examples_of(part) for text in texts_of(example)})
    passages = sorted({one.text for each in benchmarks for one in each.passages})
    index = ContaminationIndex(benchmarks)
    before = time.process_time()
    ours = {text for text in texts if index.passages.find(text)}
    fast = time.process_time() - before
    before = time.process_time()
    theirs = [(grams(text, LONG), grams(text, GRAM)) for text in passages]
    plain = set()
    for text in texts:
        long, short = grams(text, LONG), grams(text, GRAM)
        for far, near in theirs:
            if far & long or (near and len(near & short) / len(near) >= MOST):
                plain.add(text)
    slow = time.process_time() - before
    print(
        f"\n{len(texts):,} texts and {len(passages):,} passages: plain {slow:.2f} s, ours"
        f" {fast:.3f} s, {slow / fast:,.0f} times; the same texts found: {ours == plain}"
    )


def detection(run: Path, benchmarks: list[Benchmark], scratch: Path) -> None:
    """Plants one thing of a benchmark a time in two domains, and says whether it was found."""
    clean = slice_of(run, 2, scratch / "clean")
    print(f"\n{'planted':<40} {'of':<10} found as")
    for benchmark in benchmarks:
        before = kinds_of(compared(clean, [benchmark]))
        for name, kind, change in plants(benchmark):
            part = scratch / "planted"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(clean, part)
            file = part / "dataset" / "train.jsonl"
            first, *rest = file.read_bytes().splitlines(keepends=True)
            example = json.loads(first)
            change(example)
            changed = json.dumps(example, ensure_ascii=False, separators=(",", ":"))
            file.write_bytes(b"".join([changed.encode() + b"\n", *rest]))
            new = kinds_of(compared(part, [benchmark])) - before
            missed = "" if kind in new else "   MISSED"
            print(f"{name:<40} {benchmark.name:<10} {', '.join(sorted(new)) or 'nothing'}{missed}")


def kinds_of(report: ContaminationReport) -> set[str]:
    return {str(one.kind) for one in report.overlaps}


Change = Callable[[dict[str, Any]], None]


def plants(benchmark: Benchmark) -> Iterator[tuple[str, str, Change]]:
    """Things of a benchmark, each with how it is put into an example."""
    tool = max(benchmark.tools, key=lambda one: len(one.parameters or ()))
    schema = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in sorted(tool.parameters or ())},
    }
    other = "".join(word.capitalize() for word in reversed(split_words(tool.name)))
    yield f"a tool as {other}"[:40], "names", with_tool(other, schema)
    yield "its parameters as keep_it", "schemas", with_tool("keep_it", schema)
    for kind, what in (
        ("intents", "a sentence of a request"),
        ("policies", "a paragraph of a policy"),
        ("descriptions", "a description"),
    ):
        texts = [one.text for one in benchmark.passages if one.kind == kind]
        texts = [text for text in texts if len(split_text(text)) >= 2 * LONG]
        if texts:
            words = " ".join(split_text(texts[len(texts) // 2])[:20])
            yield what, kind, with_words(words)
    if benchmark.identifiers:
        names = list(benchmark.identifiers)
        yield "an identifier", "identifiers", with_result(names[len(names) // 2])


def with_tool(name: str, schema: dict[str, Any]) -> Change:
    def change(example: dict[str, Any]) -> None:
        function = {"name": name, "description": "Planted.", "parameters": schema}
        example["tools"].append({"type": "function", "function": function})

    return change


def with_words(words: str) -> Change:
    def change(example: dict[str, Any]) -> None:
        user = next(one for one in example["messages"] if one["role"] == "user")
        user["content"] += f" {words.capitalize()}!"

    return change


def with_result(token: str) -> Change:
    def change(example: dict[str, Any]) -> None:
        tool = next(one for one in example["messages"] if one["role"] == "tool")
        tool["content"] = json.dumps({"id": token, "note": tool["content"]})

    return change


def slice_of(run: Path, count: int, target: Path) -> Path:
    """The first domains of a run's training split, as a run."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "dataset").mkdir(parents=True)
    for name in ("manifest.json", "pool-sources.jsonl"):
        if (run / name).exists():
            shutil.copy(run / name, target / name)
    lines = (run / "dataset" / "domains.jsonl").read_bytes().splitlines(keepends=True)
    trained = [line for line in lines if json.loads(line)["split"] == "train"][:count]
    kept = {json.loads(line)["id"] for line in trained}
    (target / "dataset" / "domains.jsonl").write_bytes(b"".join(trained))
    for name in ("dataset/train.jsonl", "tasks.jsonl"):
        with (run / name).open("rb") as source, (target / name).open("wb") as file:
            file.writelines(line for line in source if domain_of(line) in kept)
    return target


def domain_of(line: bytes) -> str:
    return line.split(b'"domain":"', 1)[1].split(b'"', 1)[0].decode()


def examples_of(part: Path) -> Iterator[dict[str, Any]]:
    with (part / "dataset" / "train.jsonl").open("rb") as file:
        yield from map(json.loads, file)


def texts_of(example: dict[str, Any]) -> Iterator[str]:
    yield from (one["content"] for one in example["messages"] if one["role"] != "tool")


def compared(part: Path, benchmarks: list[Benchmark]) -> ContaminationReport:
    with LocalEngine(1) as engine:
        return compare_run(RunFolder.open(part), benchmarks, engine, part)


def found(report: ContaminationReport) -> str:
    kinds: dict[str, int] = {}
    for one in report.overlaps:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.items()) or "nothing"


def grams(text: str, length: int) -> set[tuple[str, ...]]:
    words = split_text(text)
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


if __name__ == "__main__":
    main()
