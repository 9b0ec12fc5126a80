import json
from typing import Any

from litellm import completion

from tau_bench.types import RESPOND_ACTION_NAME, Action, SolveResult


class ToolCallingAgent:
    def __init__(
        self, tools_info: Any, wiki: str, model: str, provider: str, temperature: float
    ) -> None:
        self.tools_info, self.wiki, self.model = tools_info, wiki, model
        self.provider, self.temperature = provider, temperature

    def solve(self, env: Any, task_index: int, max_num_steps: int) -> SolveResult:
        heard = env.reset(task_index)
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": self.wiki},
            {"role": "user", "content": heard},
        ]
        for _ in range(max_num_steps):
            response = completion(
                messages=messages,
                model=self.model,
                custom_llm_provider=self.provider,
                tools=list(self.tools_info),
                temperature=self.temperature,
            )
            message = response.choices[0].message.model_dump()
            call = (message.get("tool_calls") or [None])[0]
            if call is None:
                action = Action(name=RESPOND_ACTION_NAME, kwargs={"content": message["content"]})
            else:
                written = call["function"]
                action = Action(name=written["name"], kwargs=json.loads(written["arguments"]))
            heard, done = env.step(action)
            answer = {"role": "user", "content": heard}
            if call is not None:
                answer = {"role": "tool", "tool_call_id": call["id"], "content": heard}
            messages += [message, answer]
            if done:
                judged = env.judged()
                return SolveResult(
                    reward=judged["reward"], messages=messages, info={"reward_info": judged}
                )
        return SolveResult(reward=0.0, messages=messages, info={})
