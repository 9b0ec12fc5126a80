"""Runs in the interpreter of tau2: plays gold actions of tasks, and spoiled ones, and saves both.

    PYTHON tau_saved_official.py HOME DOMAIN TASKS OUT

The results file holds, for each task, a simulation with the gold actions, one without the last of
them, one with a refused call added, and one that was cut short; each with what the package's own
evaluator says of it.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

HOME, DOMAIN, NUMBER, OUT = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
os.environ["TAU2_DATA_DIR"] = str(HOME / "data")
sys.path.insert(0, str(HOME / "src"))

from loguru import logger  # noqa: E402
from tau2.data_model.message import AssistantMessage, ToolCall, UserMessage  # noqa: E402
from tau2.data_model.simulation import SimulationRun  # noqa: E402
from tau2.evaluator.evaluator import EvaluationType, evaluate_simulation  # noqa: E402
from tau2.registry import registry  # noqa: E402

logger.remove()


def played(task: Any, actions: list[Any], trial: int, ended: str = "user_stop") -> dict[str, Any]:
    state = task.initial_state
    environment = registry.get_env_constructor(DOMAIN)()
    environment.set_state(
        state.initialization_data if state else None,
        state.initialization_actions if state else None,
        (state.message_history or []) if state else [],
    )
    messages: list[Any] = list((state.message_history or []) if state else [])
    for number, action in enumerate(actions):
        call = ToolCall(
            id=f"c{number}",
            name=action.name,
            arguments=action.arguments,
            requestor=action.requestor,
        )
        speaker = AssistantMessage if action.requestor == "assistant" else UserMessage
        messages.append(speaker(role=action.requestor, content=None, tool_calls=[call]))
        messages.append(environment.get_response(call))
    told = " ".join(task.evaluation_criteria.communicate_info or [])
    messages.append(AssistantMessage(role="assistant", content=f"That is all. {told}"))
    simulation = SimulationRun(
        id=f"{task.id}-{trial}",
        task_id=task.id,
        start_time="",
        end_time="",
        duration=0.0,
        termination_reason=ended,
        messages=messages,
        trial=trial,
    )
    simulation.reward_info = evaluate_simulation(
        simulation, task, EvaluationType.ALL, solo_mode=False, domain=DOMAIN
    )
    return simulation.model_dump(mode="json")


def judged(task: Any) -> bool:
    criteria = task.evaluation_criteria
    names = {one.value for one in criteria.reward_basis}
    return bool(criteria.nl_assertions) and "NL_ASSERTION" in names


def main() -> None:
    everything = registry.get_tasks_loader(DOMAIN)()
    unjudged = [one for one in everything if not judged(one)]
    tasks = unjudged[:: max(1, len(unjudged) // NUMBER)][:NUMBER]
    simulations = []
    for task in tasks:
        gold = list(task.evaluation_criteria.actions or [])
        wrong = [one.model_copy(update={"arguments": {"no_such": 1}}) for one in gold[-1:]]
        simulations += [
            played(task, gold, 0),
            played(task, gold[:-1], 1),
            played(task, wrong + gold, 2),
            played(task, gold, 3, "max_steps"),
        ]
    OUT.write_text(
        json.dumps(
            {
                "info": {"num_trials": 4, "environment_info": {"domain_name": DOMAIN}},
                "tasks": [task.model_dump(mode="json") for task in tasks],
                "simulations": simulations,
            }
        )
    )


main()
