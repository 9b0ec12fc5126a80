from typing import Any

from tau_bench.envs.user import User
from tau_bench.types import RESPOND_ACTION_NAME, Action, Task

TASKS = [
    Task(
        actions=[Action(name="add", kwargs={"number": number})],
        instruction=f"Please add {number}.",
        outputs=[],
    )
    for number in (1, 2)
]
_SCHEMA = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds a number.",
        "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}},
    },
}


class Shop:
    tasks = TASKS
    tools_info = (_SCHEMA,)
    wiki = "Add what the user wants."

    def __init__(self, user: User, place: int) -> None:
        self.user, self.task, self.total = user, TASKS[place], 0

    def reset(self, task_index: int) -> str:
        self.user.messages = [{"role": "system", "content": TASKS[task_index].instruction}]
        return self.user.say("Hi!")

    def step(self, action: Action) -> tuple[str, bool]:
        if action.name == RESPOND_ACTION_NAME:
            heard = self.user.say(action.kwargs["content"])
            return heard, "###STOP###" in heard
        self.total += action.kwargs["number"]
        return str(self.total), False

    def judged(self) -> dict[str, Any]:
        wanted = sum(action.kwargs["number"] for action in self.task.actions)
        right = self.total == wanted
        return {"reward": float(right), "info": {"r_actions": right, "gt_data_hash": ""}}


def get_env(
    env_name: str,
    user_strategy: str,
    user_model: str,
    task_split: str,
    user_provider: str,
    task_index: int,
) -> Shop:
    assert (env_name, user_strategy, task_split) == ("retail", "llm", "test")
    return Shop(User(user_model, user_provider), task_index)
