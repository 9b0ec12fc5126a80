"""What an export costs, and how it grows: seconds and peak memory of every format.

Run `python benchmarks/exports.py --run runs/full`: it copies the training set of the run once, twice
and four times into a folder for the time being, exports it in every format, reads it back, and
prints one table.  Each figure is of a process of its own; "writes" and "reads" are seconds of
processor time.  The last columns tell how much more four times the examples take: 4.0 is linear.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agentscaler.dataset.exports import FORMATS
from agentscaler.pipeline.exports import check_export, export_dataset
from agentscaler.runfolder import RunFolder

TIMES = (1, 2, 4)
SPLITS = ("train.jsonl", "held_out.jsonl")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--run", type=Path, required=True, help="a run with a training set")
    options.add_argument("--one", nargs=2, metavar=("FORMAT", "DEED"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        measure(chosen.run, *chosen.one)
    else:
        table(chosen.run)


def measure(run: Path, name: str, deed: str) -> None:
    """Prints examples, seconds, peak of memory in MB, and size in MB, for the table."""
    folder = RunFolder.open(run)
    started = time.process_time()
    size = 0
    if deed == "write":
        _, record = export_dataset(folder, name)
        examples = sum(n for file, n in record.rows.items() if "origins" not in file)
        size = sum(file.bytes for file in record.files.values())
    else:
        check = check_export(folder, run / "exports" / name)
        assert not check.faults, check.faults
        examples = check.examples
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(examples, seconds, peak, size / 1e6)


def table(run: Path) -> None:
    print(f"{'format':<12}{'examples':>10}{'MB':>8}{'writes':>9}{'reads':>9}{'peak MB':>9}", end="")
    print(f"{'writes x':>10}{'reads x':>9}")
    first: dict[str, tuple[float, float]] = {}
    for times in TIMES:
        with tempfile.TemporaryDirectory(dir=run.parent) as scratch:
            larger = multiplied(run, Path(scratch) / "run", times)
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


def multiplied(run: Path, target: Path, times: int) -> Path:
    """A copy of what exports need of a run, with its examples several times over."""
    (target / "dataset").mkdir(parents=True)
    for name in ("manifest.json", "dataset/domains.jsonl", "dataset/README.md"):
        shutil.copy(run / name, target / name)
    for name in SPLITS:
        with (target / "dataset" / name).open("wb") as file:
            for _ in range(times):
                with (run / "dataset" / name).open("rb") as examples:
                    shutil.copyfileobj(examples, file)
    return target


def figures(run: Path, name: str, deed: str) -> list[float]:
    command = [sys.executable, __file__, "--run", run, "--one", name, deed]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()
