"""Measures agents in a hand-written world: the expert, a careless one, and one of your own.

    python examples/own_agent.py

An agent is a class with a name and `act`, which sees the conversation and answers with words, tool
calls or both.  The one below asks whoever calls to wait, and is worth nothing: put your own in its
place.
"""

from collections import Counter
from collections.abc import Sequence

import agentscaler as a
from agentscaler.chat import Message
from agentscaler.evaluation import mean_pass_hat
from agentscaler.filtering import verdicts_of
from agentscaler.rollout import AgentMaker, agent_named

TRIALS = 4


class Polite:
    """An agent that says the same whatever it is asked."""

    name = "polite"

    def act(self, messages: Sequence[Message]) -> Message:
        return Message(
            role="assistant", content="Thank you for your patience, I will look into it."
        )


def measure(maker: AgentMaker, domain: a.Domain, tasks: list[a.Task]) -> list[float]:
    """pass^1 to pass^k of an agent in a domain."""
    settings = a.RolloutSettings(trials=TRIALS, change_rate=0)
    (episodes,) = a.roll_out([(domain, tasks)], settings, agent=maker)
    kept = Counter(
        episode.task
        for episode, verdict in zip(episodes, verdicts_of(domain, tasks, episodes), strict=True)
        if verdict is not None and verdict.kept
    )
    counts = [(TRIALS, kept[task.id]) for task in tasks]
    return [mean_pass_hat(counts, k) or 0.0 for k in range(1, TRIALS + 1)]


def main() -> None:
    library = a.load_vertical("library")
    (outcome,) = a.construct_tasks([library], a.TaskSettings(per_domain=20))
    tasks = list(outcome.tasks)
    print(f"{len(tasks)} tasks, {TRIALS} trials each")
    agents: dict[str, AgentMaker] = {
        "expert": agent_named("expert", 0),
        "slipping:0.2": agent_named("slipping:0.2", 0),
        "polite": lambda domain, task, seed: Polite(),
    }
    for name, maker in agents.items():
        passed = measure(maker, library, tasks)
        print(f"{name:12}", *(f"pass^{k} {rate:6.1%}" for k, rate in enumerate(passed, 1)))


if __name__ == "__main__":
    main()
