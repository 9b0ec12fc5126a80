from pathlib import Path

import orjson
import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, Slot
from agentscaler.evaluation.tau.benchmark import TauTask
from agentscaler.evaluation.tau.settings import TauBenchSettings
from agentscaler.evaluation.tau.simulations import Simulations
from agentscaler.evaluation.tau.tau_bench import TauBenchBenchmark

TASKS = [TauTask("retail", str(number), 1, 0, "", False, {}) for number in range(2)]


@pytest.fixture
def simulations(tmp_path: Path) -> Simulations:
    folder = EvaluationFolder(tmp_path)
    tasks = tuple(task.key for task in TASKS)
    folder.begin(
        EvaluationRecord(suite="tau-bench", contestant="m", tasks=tasks, trials=2, code="")
    )
    simulations = Simulations(folder)
    simulations.begin({"retail": None})
    return simulations


def test_the_newest_episode_of_a_slot_counts_and_slots_are_in_order(
    simulations: Simulations, tmp_path: Path
) -> None:
    for task, trial, reward in (("1", 0, 0.0), ("0", 1, 0.5), ("1", 0, 1.0)):
        simulations.append(Slot(f"retail/{task}", trial), {"reward": reward})
    assert list(simulations.read()) == [
        (Slot("retail/0", 1), {"reward": 0.5}),
        (Slot("retail/1", 0), {"reward": 1.0}),
    ]
    benchmark = TauBenchBenchmark(TauBenchSettings(home=Path()))
    (file,) = simulations.write_results(benchmark, TASKS)
    assert file == tmp_path / "results-retail.json"
    assert orjson.loads(file.read_bytes()) == [{"reward": 0.5}, {"reward": 1.0}]


def test_what_a_killed_process_left_half_written_is_cut_off(
    simulations: Simulations, tmp_path: Path
) -> None:
    simulations.append(Slot("retail/0", 0), {"reward": 0.0})
    with (tmp_path / "episodes" / "simulations.jsonl").open("ab") as file:
        file.write(b'{"task": "retail/1", "trial": 0, "simul')
    simulations.append(Slot("retail/1", 1), {"reward": 1.0})
    assert [slot for slot, _ in simulations.read()] == [Slot("retail/0", 0), Slot("retail/1", 1)]


def test_a_damaged_line_is_told_with_its_number(simulations: Simulations, tmp_path: Path) -> None:
    simulations.append(Slot("retail/0", 0), {"reward": 0.0})
    with (tmp_path / "episodes" / "simulations.jsonl").open("ab") as file:
        file.write(b"[]\n")
    with pytest.raises(InputError, match="Line 2"):
        list(simulations.read())
