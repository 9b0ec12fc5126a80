"""`RayEngine`, on a Ray that is started here."""

import functools
import math
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from agentscaler.engine import Engine, RayEngine
from agentscaler.engine import ray as ray_engine
from agentscaler.errors import AgentScalerError, MissingExtraError, SettingsError

pytestmark = pytest.mark.filterwarnings("ignore")

# Work that another process can import by name: a shell line, answered with its output.
shell = functools.partial(subprocess.check_output, shell=True, text=True)


@pytest.fixture(scope="module")
def engine() -> Iterator[RayEngine]:
    pytest.importorskip("ray")
    with RayEngine(2) as engine:
        yield engine


def test_results_come_in_the_order_of_the_items_whatever_finishes_first(engine: Engine) -> None:
    items = ["sleep 0.3; echo slow", "echo b", "sleep 0.1; echo c", "echo d"]
    assert list(engine.map(shell, items)) == ["slow\n", "b\n", "c\n", "d\n"]


def test_work_runs_in_processes_of_ray_with_one_thread_for_linear_algebra(engine: Engine) -> None:
    pids = set(engine.map(shell, ["echo $PPID"] * 6))
    assert f"{os.getpid()}\n" not in pids
    assert set(engine.map(os.getenv, ["OMP_NUM_THREADS"])) == {"1"}


def test_items_are_taken_no_further_ahead_than_the_window(engine: Engine) -> None:
    taken = []

    def stream() -> Iterator[int]:
        for number in range(1, 101):
            taken.append(number)
            yield number

    results = engine.map(math.factorial, stream(), window=4)
    assert [next(results) for _ in range(10)] == [math.factorial(n) for n in range(1, 11)]
    assert len(taken) <= 14


def test_an_exception_of_the_function_reaches_the_caller_as_itself(engine: Engine) -> None:
    results = engine.map(math.sqrt, [4.0, -1.0, 9.0])
    assert next(results) == 2.0
    with pytest.raises(ValueError, match=r"nonnegative|domain"):
        next(results)
    assert list(engine.map(math.sqrt, [16.0])) == [4.0]


def test_a_dead_worker_is_reported_with_a_remedy(engine: Engine) -> None:
    with pytest.raises(AgentScalerError, match="--workers"):
        list(engine.map(os._exit, [3]))


def test_a_second_engine_joins_the_ray_at_hand_and_leaves_it_running(engine: Engine) -> None:
    with RayEngine(2) as other:
        assert list(other.map(math.sqrt, [4.0])) == [2.0]
    assert list(engine.map(math.sqrt, [9.0])) == [3.0]


def test_another_version_on_a_node_is_refused(engine: Engine) -> None:
    with pytest.raises(AgentScalerError, match="same version on every node"):
        list(engine.map(functools.partial(ray_engine._apply, abs, version="0.0.0"), [-1]))


def test_no_workers_at_all_is_refused() -> None:
    with pytest.raises(SettingsError, match="0 workers"):
        RayEngine(0)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"agentscaler\[ray\]"):
        list(RayEngine(1).map(abs, [1]))


def test_an_address_where_nothing_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(AgentScalerError, match=r"127\.0\.0\.1:1.*ray status"):
        list(RayEngine(1, "127.0.0.1:1").map(abs, [1]))


def test_a_cluster_that_runs_already_is_joined_by_its_address_and_goes_on(engine: Engine) -> None:
    ray = pytest.importorskip("ray")
    list(engine.map(abs, [-1]))
    address = ray.get_runtime_context().gcs_address
    program = (
        "import sys\n"
        "from agentscaler.engine import RayEngine\n"
        "with RayEngine(1, sys.argv[1]) as engine:\n"
        "    print(list(engine.map(abs, [-3, 4])))\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", program, address], capture_output=True, text=True, check=True
    )
    assert "[3, 4]" in out.stdout
    assert list(engine.map(abs, [-5])) == [5]
