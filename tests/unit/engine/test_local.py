"""`LocalEngine`: order, laziness, failures and the end of workers."""

import functools
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentscaler.engine import Engine, LocalEngine
from agentscaler.errors import AgentScalerError, SettingsError

# Work that a spawned process can import by name: a shell line, answered with its output.
shell = functools.partial(subprocess.check_output, shell=True, text=True)


@pytest.fixture(scope="module")
def pair() -> Iterator[LocalEngine]:
    with LocalEngine(2) as engine:
        yield engine


def test_one_worker_runs_in_the_calling_process() -> None:
    with LocalEngine() as engine:
        assert set(engine.map(shell, ["echo $PPID"] * 2)) == {f"{os.getpid()}\n"}


def test_two_workers_run_in_processes_of_their_own(pair: LocalEngine) -> None:
    pids = set(pair.map(shell, ["sleep 0.1; echo $PPID"] * 6))
    assert f"{os.getpid()}\n" not in pids
    assert len(pids) == 2


def test_results_come_in_the_order_of_the_items_whatever_finishes_first(pair: Engine) -> None:
    items = ["sleep 0.3; echo slow", "echo b", "sleep 0.1; echo c", "echo d"]
    assert list(pair.map(shell, items)) == ["slow\n", "b\n", "c\n", "d\n"]


def test_items_are_taken_no_further_ahead_than_the_window(pair: LocalEngine) -> None:
    taken = []

    def stream() -> Iterator[int]:
        for number in range(1, 101):
            taken.append(number)
            yield number

    results = pair.map(math.factorial, stream(), window=4)
    assert [next(results) for _ in range(10)] == [math.factorial(n) for n in range(1, 11)]
    assert len(taken) <= 14


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_of_the_function_reaches_the_caller_in_its_turn(workers: int) -> None:
    with LocalEngine(workers) as engine:
        results = engine.map(math.sqrt, [4.0, -1.0, 9.0])
        assert next(results) == 2.0
        with pytest.raises(ValueError, match=r"nonnegative|domain"):
            next(results)


def test_an_engine_serves_again_after_an_exception(pair: LocalEngine) -> None:
    with pytest.raises(ValueError, match=r"nonnegative|domain"):
        list(pair.map(math.sqrt, [-1.0] * 20))
    assert list(pair.map(math.sqrt, [16.0])) == [4.0]


def test_a_dead_worker_is_reported_with_a_remedy() -> None:
    with LocalEngine(2) as engine:
        with pytest.raises(AgentScalerError, match="--workers"):
            list(engine.map(os._exit, [3]))
        assert list(engine.map(math.sqrt, [4.0])) == [2.0]


def test_linear_algebra_has_one_thread_in_each_worker(pair: LocalEngine) -> None:
    assert list(pair.map(os.getenv, ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"])) == ["1", "1"]


def test_no_workers_at_all_is_refused() -> None:
    with pytest.raises(SettingsError, match="0 workers"):
        LocalEngine(0)


def test_abandoned_work_ends_at_once() -> None:
    started = time.monotonic()
    engine = LocalEngine(2)
    next(engine.map(shell, ["echo first", *["sleep 8"] * 3], window=3))
    engine.close(abandon=True)
    assert time.monotonic() - started < 5


def test_work_is_abandoned_in_the_middle_of_a_result_that_is_sent(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from agentscaler.engine import LocalEngine\n"
        "if __name__ == '__main__':\n"
        "    engine = LocalEngine(2)\n"
        "    next(engine.map(bytes, [60_000_000] * 6))\n"
        "    engine.close(abandon=True)\n"
    )
    subprocess.run([sys.executable, script], check=True, timeout=60)


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time\n"
        "from agentscaler.engine import LocalEngine\n"
        "if __name__ == '__main__':\n"
        "    engine = LocalEngine(2)\n"
        "    import subprocess\n"
        "    for pid in engine.map(subprocess.getoutput, ['sleep 0.1; echo $PPID'] * 4):\n"
        "        print(pid, flush=True)\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = {int(line) for line in iter(parent.stdout.readline, "ready\n")}
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert pids
    assert not [pid for pid in sorted(pids) if _runs(pid)]


def _runs(pid: int) -> bool:
    """Whether a process is there and not a zombie that waits to be reaped."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
