"""Runs in the interpreter of tau2: plays and reads with the package alone, for comparison.

    PYTHON tau2_alone.py play DOMAIN SEED ID...     {"simulations": [...], "asked": [...]}
    PYTHON tau2_alone.py load FILE                  what the package makes of a results file

The models are the simplest: a user who greets and stops, an agent who offers help, and a judge who
finds every assertion met.
"""

import ast
import json
import sys
from pathlib import Path
from typing import Any

from litellm.types.utils import ModelResponse
from loguru import logger
from tau2.data_model.simulation import Results, TextRunConfig
from tau2.metrics.agent_metrics import compute_metrics
from tau2.runner.batch import run_single_task
from tau2.runner.helpers import get_tasks
from tau2.utils import llm_utils

USER, AGENT = "a user", "an agent"


def answer(model: str, messages: list[dict[str, Any]]) -> str:
    if model == AGENT:
        return "How can I help?"
    if model != USER:
        _, _, written = messages[-1]["content"].partition("expectedOutcomes:")
        verdicts = [
            {"expectedOutcome": one, "reasoning": "It is.", "metExpectation": True}
            for one in ast.literal_eval(written.strip())
        ]
        return json.dumps({"results": verdicts})
    return "###STOP###" if any(one["role"] == "assistant" for one in messages) else "Hello."


def play(domain: str, seed: int, identifiers: list[str]) -> dict[str, Any]:
    asked: list[dict[str, Any]] = []

    def completion(model: str, messages: list[dict[str, Any]], **options: Any) -> ModelResponse:
        asked.append({"model": model, "messages": messages, **options})
        content = answer(model, messages)
        message = {"role": "assistant", "content": content}
        return ModelResponse(
            choices=[{"index": 0, "message": message, "finish_reason": "stop"}],
            usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        )

    llm_utils.completion = completion
    llm_utils.get_response_cost = lambda response: 0.0
    config = TextRunConfig(domain=domain, llm_agent=AGENT, llm_user=USER)
    tasks = get_tasks(domain, "base", task_ids=identifiers)
    simulations = [
        run_single_task(config, task, seed=seed).model_dump(mode="json") for task in tasks
    ]
    return {"simulations": simulations, "asked": asked}


def load(file: Path) -> dict[str, Any]:
    results = Results.load(file)
    metrics = compute_metrics(results)
    return {
        "tasks": len(results.tasks),
        "simulations": len(results.simulations),
        "reward": metrics.avg_reward,
        "pass_hat": metrics.pass_hat_ks,
        "agent": results.info.agent_info.llm,
        "rows": len(results.to_df()),
    }


if __name__ == "__main__":
    logger.remove()
    if sys.argv[1] == "play":
        told = play(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    else:
        told = load(Path(sys.argv[2]))
    sys.stdout.write("\n" + json.dumps(told) + "\n")
