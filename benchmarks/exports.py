"""What an export costs, and how it grows: seconds and peak memory of every format.

Run `python benchmarks/exports.py --run runs/full`, or without `--run` on dialogues that it makes.
It lays the training set once, twice and four times into a folder for the time being (a small one
more often), exports it in every format, reads it back, and prints one table.  Each figure is of a
process of its own; "writes" and "reads" are seconds of processor time.  The last columns hold them
against the first size: 4.0 for four times the examples is linear.
"""

import argparse
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agentscaler import DomainSettings, TaskSettings
from agentscaler.dataset.exports import FORMATS
from agentscaler.pipeline import Settings, run
from agentscaler.pipeline.exports import check_export, export_dataset
from agentscaler.runfolder import RunFolder

TIMES = (1, 2, 4)
LEAST = 2_000
"""Examples of the first size; a training set that has fewer is repeated until it has as many."""
SPLITS = ("train.jsonl", "held_out.jsonl")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--run", type=Path, help="a run with a training set")
    options.add_argument("--one", nargs=2, metavar=("FORMAT", "DEED"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        measure(chosen.run, *chosen.one)
    elif chosen.run:
        table(chosen.run)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            table(made(Path(scratch) / "run"))


def made(path: Path) -> Path:
    """A run of two verticals."""
    domain = DomainSettings(verticals=("retail", "banking"), trials=8)
    task = TaskSettings(per_domain=50)
    run(RunFolder.open(path, create=True), Settings(sources=(), domain=domain, task=task))
    return path


def measure(path: Path, name: str, deed: str) -> None:
    """Prints examples, seconds, peak of memory in MB, and size in MB, for the table."""
    folder = RunFolder.open(path)
    started = time.process_time()
    size = 0
    if deed == "write":
        _, record = export_dataset(folder, name)
        examples = sum(n for file, n in record.rows.items() if "origins" not in file)
        size = sum(file.bytes for file in record.files.values())
    else:
        check = check_export(folder, path / "exports" / name)
        assert not check.faults, check.faults
        examples = check.examples
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(examples, seconds, peak, size / 1e6)


def table(path: Path) -> None:
    record = RunFolder.open(path).record("dataset")
    assert record is not None, f"{path} has no training set"
    repeats = math.ceil(LEAST / record.counters["out"])
    print(f"{'format':<12}{'examples':>10}{'MB':>8}{'writes':>9}{'reads':>9}{'peak MB':>9}", end="")
    print(f"{'writes x':>10}{'reads x':>9}")
    first: dict[str, tuple[float, float]] = {}
    for times in TIMES:
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            larger = multiplied(path, Path(scratch) / "run", times * repeats)
            for name in FORMATS:
                examples, writes, peak, size = figures(larger, name, "write")
                _, reads, peak_reading, _ = figures(larger, name, "read")
                shutil.rmtree(larger / "exports")
                base = first.setdefault(name, (writes, reads))
                print(
                    f"{name:<12}{examples:>10,.0f}{size:>8,.0f}{writes:>8.1f}s{reads:>8.1f}s"
                    f"{max(peak, peak_reading):>9,.0f}{writes / base[0]:>10.1f}"
                    f"{reads / base[1]:>9.1f}",
                    flush=True,
                )


def multiplied(path: Path, target: Path, times: int) -> Path:
    """A copy of what exports need of a run, with its examples several times over."""
    (target / "dataset").mkdir(parents=True)
    for name in ("manifest.json", "dataset/domains.jsonl", "dataset/README.md"):
        shutil.copy(path / name, target / name)
    for name in SPLITS:
        with (target / "dataset" / name).open("wb") as file:
            for _ in range(times):
                with (path / "dataset" / name).open("rb") as examples:
                    shutil.copyfileobj(examples, file)
    return target


def figures(path: Path, name: str, deed: str) -> list[float]:
    command = [sys.executable, __file__, "--run", path, "--one", name, deed]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()
