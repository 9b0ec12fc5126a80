"""Small results files of tau2 and tau-bench, and stand-ins for the packages that judge them."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from agentscaler.evaluation.tau.home import Home, Package

__all__ = ["buying", "episode", "scoring_home", "simulation", "sold", "tau2_file"]


def scoring_home(path: Path, package: Package = "tau2") -> Home:
    """A checkout of the stand-ins, used with the interpreter that runs the tests."""
    shutil.copytree(Path(__file__).with_name("scoring_home"), path)
    shutil.copytree(path / "src" / "litellm", path / "litellm")
    shutil.copy(path / "src" / "loguru.py", path)
    return Home.find(package, path, sys.executable)


def buying(identifier: str, ware: str, **criteria: Any) -> dict[str, Any]:
    """A task of the stall: somebody wants a ware."""
    action = {"name": "sell", "arguments": {"ware_id": ware, "buyer": "ann"}}
    return {
        "id": identifier,
        "user_scenario": {"instructions": "Buy something."},
        "evaluation_criteria": {"actions": [action], "communicate_info": []} | criteria,
    }


def simulation(task: str, *calls: tuple[str, dict[str, Any], str], **fields: Any) -> dict[str, Any]:
    """A simulation in which an agent made calls; each with the result that was recorded."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hello."}]
    for number, (name, arguments, result) in enumerate(calls):
        call = {"id": f"c{number}", "name": name, "arguments": arguments}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "id": f"c{number}", "content": result})
    messages.append({"role": "assistant", "content": fields.pop("said", "Done.")})
    stored = fields.pop("reward_info", {"reward": fields.pop("reward", 1.0)})
    return {
        "id": f"{task}-{len(calls)}",
        "task_id": task,
        "duration": 1.0,
        "termination_reason": "user_stop",
        "reward_info": stored,
        "messages": messages,
        "trial": 0,
    } | fields


def sold(number: int, buyer: str = "ann") -> tuple[str, dict[str, Any], str]:
    """The call that sells a ware, with what the stall says to it."""
    ware = {"name": f"ware {number}", "price": number + 0.5, "sold": True, "buyers": [buyer]}
    return ("sell", {"ware_id": f"w{number}", "buyer": buyer}, json.dumps(ware))


def tau2_file(
    path: Path,
    tasks: list[dict[str, Any]],
    simulations: list[dict[str, Any]],
    **info: Any,
) -> Path:
    """A results file."""
    told = {"num_trials": 1, "environment_info": {"domain_name": "stall"}} | info
    path.write_text(json.dumps({"info": told, "tasks": tasks, "simulations": simulations}))
    return path


def episode(task: int, trial: int, reward: float, *messages: dict[str, Any]) -> dict[str, Any]:
    """An episode of tau-bench about the order #W3; each call cancels an order."""
    cancel = {"name": "cancel_order", "kwargs": {"order_id": "#W3"}}
    return {
        "task_id": task,
        "reward": reward,
        "trial": trial,
        "info": {
            "task": {"user_id": "ann", "actions": [cancel], "instruction": "-", "outputs": []},
            "reward_info": {"reward": reward, "info": {"r_actions": reward}},
        },
        "traj": [{"role": "system", "content": "-"}, *messages],
    }
