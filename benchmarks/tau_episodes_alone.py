"""The package's half of `tau_episodes.py`: runs in the interpreter of tau2.

    PYTHON tau_episodes_alone.py DOMAIN EPISODES ROUNDS

Plays with tau2's own runner and models that answer at once; prints processor seconds an episode.
"""

import sys
import time
from typing import Any

from litellm.types.utils import ModelResponse
from loguru import logger
from tau2.data_model.simulation import TextRunConfig
from tau2.runner.batch import run_tasks
from tau2.runner.helpers import get_tasks
from tau2.utils import llm_utils

ROUNDS = int(sys.argv[3])


def completion(model: str, messages: list[dict[str, Any]], **options: Any) -> ModelResponse:
    said = sum(one["role"] == "assistant" for one in messages)
    content = "Tell me more." if model == "agent" or said < ROUNDS else "###STOP###"
    response = ModelResponse(
        choices=[
            {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": "stop",
            }
        ],
        usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    )
    return response


def main() -> None:
    logger.remove()
    llm_utils.completion = completion
    llm_utils.get_response_cost = lambda response: 0.0
    domain, episodes = sys.argv[1], int(sys.argv[2])
    tasks = get_tasks(domain, "base")
    config = TextRunConfig(domain=domain, llm_agent="agent", llm_user="user", max_concurrency=1)
    run_tasks(config, tasks[:1], console_display=False)
    before = time.process_time()
    run_tasks(config, tasks[1 : episodes + 1], console_display=False)
    sys.stderr.write(f"\nSECONDS {(time.process_time() - before) / episodes}\n")


if __name__ == "__main__":
    main()
