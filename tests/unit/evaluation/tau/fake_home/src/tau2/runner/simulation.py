import os
import time
from typing import Any

from tau2 import HOME
from tau2.data_model.simulation import RewardInfo, SimulationRun, TerminationReason


def run_simulation(game: Any, *, evaluation_type: Any, env_kwargs: dict[str, Any]) -> SimulationRun:
    assert evaluation_type == "all"
    assert env_kwargs["task"].id == game.task.id
    _trouble(game.task.id)
    simulation = game.run()
    simulation.policy = game.environment.get_policy()
    if simulation.termination_reason is TerminationReason.USER_STOP:
        simulation.reward_info = game.judged()
    else:
        simulation.reward_info = RewardInfo(reward=0.0, info={"note": "terminated prematurely"})
    return simulation


def _trouble(task: str) -> None:
    """What goes wrong with some tasks."""
    if task.endswith("once"):
        before = HOME / f"{task}.txt"
        if before.exists():
            return
        before.write_text("once")
    if task.startswith("dies"):
        os._exit(3)
    if task.startswith("hangs"):
        time.sleep(60)
    if task == "breaks":
        raise RuntimeError("the package is broken")
