import json
from typing import Any

from tau2.data_model.simulation import RewardInfo, SimulationRun, TerminationReason
from tau2.environment.toolkit import ToolType
from tau2.utils import llm_utils

_SCHEMA = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds a number.",
        "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}},
    },
}


class Shop:
    """The environment."""

    tools = (("add", ToolType.WRITE), ("look", ToolType.READ))
    user_tools = None

    def __init__(self) -> None:
        self.total = 0

    def get_policy(self) -> str:
        return "Add what the user wants."


def _build_env_kwargs(config: Any, task: Any) -> dict[str, Any]:
    return {"task": task}


def build_environment(domain: str, *, env_kwargs: dict[str, Any]) -> Shop:
    assert env_kwargs["task"] is not None
    return Shop()


def build_text_orchestrator(config: Any, task: Any, *, seed: int, simulation_id: str) -> "Game":
    return Game(config, task, seed, simulation_id)


class Game:
    """One conversation."""

    def __init__(self, config: Any, task: Any, seed: int, identifier: str) -> None:
        self.config, self.task, self.seed, self.id = config, task, seed, identifier
        self.environment = Shop()
        self.done = False
        self.termination_reason = TerminationReason.MAX_STEPS
        self.messages: list[dict[str, Any]] = [{"role": "assistant", "content": "Hi!"}]

    def run(self) -> SimulationRun:
        for _ in range(self.config.max_steps):
            if not self._user_goes_on():
                self.termination_reason = TerminationReason.USER_STOP
                break
            while self._agent_calls():
                pass
        return self._finalize()

    def _user_goes_on(self) -> bool:
        """The user's turn."""
        turned = {"user": "assistant", "assistant": "user"}
        seen = [
            {"role": turned[one["role"]], "content": one["content"]}
            for one in self.messages
            if one["role"] in turned and one["content"]
        ]
        said = llm_utils.generate(
            self.config.llm_user,
            [{"role": "system", "content": self.task.wish}, *seen],
            None,
            **self.config.llm_args_user,
            seed=self.seed,
        )
        self.messages.append({"role": "user", "content": said["content"]})
        return "###STOP###" not in said["content"]

    def _agent_calls(self) -> bool:
        """A turn of the agent; whether it was a call, so that it has another."""
        said = llm_utils.generate(
            self.config.llm_agent,
            [
                {"role": "system", "content": self.environment.get_policy()},
                *_written(self.messages),
            ],
            [_SCHEMA],
            **self.config.llm_args_agent,
            seed=self.seed,
        )
        self.messages.append({"role": "assistant", **said})
        for call in said["tool_calls"] or []:
            self.environment.total += call["arguments"]["number"]
            content = json.dumps(self.environment.total)
            self.messages.append({"role": "tool", "id": call["id"], "content": content})
        return bool(said["tool_calls"])

    def _finalize(self) -> SimulationRun:
        return SimulationRun(
            id=self.id,
            task_id=self.task.id,
            timestamp="2026-01-01T00:00:00",
            termination_reason=self.termination_reason,
            messages=self.messages,
            seed=self.seed,
        )

    def judged(self) -> RewardInfo:
        criteria = self.task.evaluation_criteria
        wanted = sum(action.arguments["number"] for action in criteria.actions)
        breakdown = {"DB": float(self.environment.total == wanted)}
        if criteria.nl_assertions:
            verdict = llm_utils.generate(
                "a model that the package names",
                [{"role": "user", "content": f"expectedOutcomes: {criteria.nl_assertions}"}],
                None,
                temperature=0.0,
            )
            breakdown["NL_ASSERTION"] = float(json.loads(verdict["content"])["met"])
        reward = 1.0
        for part in breakdown.values():
            reward *= part
        return RewardInfo(reward=reward, reward_breakdown=breakdown)


def _written(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the API has them."""
    written: list[dict[str, Any]] = []
    for one in messages:
        if one["role"] == "tool":
            written.append({"role": "tool", "tool_call_id": one["id"], "content": one["content"]})
        elif one.get("tool_calls"):
            calls = [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["name"], "arguments": json.dumps(call["arguments"])},
                }
                for call in one["tool_calls"]
            ]
            written.append({"role": "assistant", "content": one["content"], "tool_calls": calls})
        else:
            written.append({"role": one["role"], "content": one["content"]})
    return written
