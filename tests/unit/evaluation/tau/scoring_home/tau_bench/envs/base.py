import hashlib
from collections.abc import Callable
from typing import Any, ClassVar

from tau_bench.envs.user import load_user
from tau_bench.types import (
    Action,
    Info,
    RewardActionInfo,
    RewardOutputInfo,
    RewardResult,
    Step,
    Task,
)


def to_hashable(item: Any) -> Any:
    if isinstance(item, dict):
        return tuple((key, to_hashable(value)) for key, value in sorted(item.items()))
    if isinstance(item, list):
        return tuple(to_hashable(one) for one in item)
    return item


class Env:
    tools: ClassVar[dict[str, Callable[..., str]]] = {}
    terminate_tools = ("transfer",)

    def __init__(self, data_load_func: Any, tasks: list[Task]) -> None:
        self.data_load_func = data_load_func
        self.data = data_load_func()
        self.tasks, self.task = tasks, tasks[0]
        self.user = load_user(user_strategy="llm", model="-", provider=None)
        self.actions: list[Action] = []

    def step(self, action: Action) -> Step:
        self.actions.append(action)
        if action.name in self.tools:
            try:
                self.tools[action.name](self.data, **action.kwargs)
            except Exception as error:
                del error  # said to the agent
        done = action.name in self.terminate_tools
        return Step(done=done, info=Info(reward_info=self.calculate_reward() if done else None))

    def get_data_hash(self) -> str:
        return hashlib.sha256(str(to_hashable(self.data)).encode()).hexdigest()

    def calculate_reward(self) -> RewardResult:
        reached = self.get_data_hash()
        self.data = self.data_load_func()
        for action in self.task.actions:
            if action.name not in self.terminate_tools:
                self.step(action)
        right = reached == self.get_data_hash()
        info: Any = RewardActionInfo(r_actions=right)
        reward = float(right)
        if self.task.outputs:
            said = [str(one.kwargs.get("content")) for one in self.actions if one.name == "respond"]
            outputs = {one: any(one in text for text in said) for one in self.task.outputs}
            info = RewardOutputInfo(r_outputs=all(outputs.values()), outputs=outputs)
            reward *= info.r_outputs
        return RewardResult(reward=reward, info=info)
