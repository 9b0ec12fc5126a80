from typing import Any

from tau2.data_model.simulation import Info
from tau2.data_model.tasks import RewardType, Task, adding

_TASKS = {
    "base": [adding("one", 1), adding("two", 2), adding("nothing", 0), adding("three|[x]", 3)],
    "troubled": [
        adding("dies once", 1),
        adding("dies", 1),
        adding("hangs once", 1),
        adding("breaks", 1),
        adding("one", 1),
    ],
    "judged": [
        adding(
            "polite",
            1,
            nl_assertions=["The agent is polite."],
            reward_basis=[RewardType.DB, RewardType.NL_ASSERTION],
        ),
        adding("unjudged", 1, reward_basis=[RewardType.DB, RewardType.NL_ASSERTION]),
    ],
}


def get_tasks(
    task_set_name: str,
    task_split_name: str | None = None,
    task_ids: list[str] | None = None,
    num_tasks: int | None = None,
) -> list[Task]:
    if task_split_name not in _TASKS:
        raise ValueError(f"Invalid split {task_split_name}")
    tasks = [task for task in _TASKS[task_split_name] if task_ids is None or task.id in task_ids]
    return tasks[:num_tasks]


def get_info(config: Any, policy_override: str | None = None) -> Info:
    assert policy_override is None
    return Info(
        num_trials=config.num_trials,
        agent=config.llm_agent,
        user=config.llm_user,
        agent_arguments=config.llm_args_agent,
    )
