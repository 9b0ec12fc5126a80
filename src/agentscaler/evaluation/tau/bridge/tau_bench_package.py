"""tau-bench, the first benchmark of its authors, in its own interpreter: tasks and live episodes.

The package's environments, user simulator and tool-calling agent are used as they are; only the
`completion` that they call is ours.
"""

import importlib.metadata
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .channel import Channel, ModelFailedError
from .checkout import commit_of
from .completion import ask_a_model, response
from .scoring import once
from .tau_bench_scoring import TauBenchScorer

__all__ = ["commands", "found"]

_PROVIDER = "openai"
_DOMAINS = ("airline", "retail")
_UNHEARD: dict[str, Any] = {
    "id": "",
    "text": "Hello.",
    "calls": [],
    "finish": "stop",
    "usage": None,
    "model": "",
    "cost": 0.0,
}
"""What a user says while an environment is built: the package drops it."""


def found(home: Path) -> dict[str, Any]:
    """Version, commit, place and domains of the package.

    Raises:
        ImportError: the one that was imported is not the one in `home`.
    """
    import tau_bench

    place = Path(tau_bench.__file__ or "").resolve()
    if home not in place.parents:
        raise ImportError(f"the tau_bench that was imported lies in {place.parent}, not in {home}")
    try:
        version = importlib.metadata.version("tau_bench")
    except importlib.metadata.PackageNotFoundError:
        version = "not installed"
    return {"version": version, "commit": commit_of(home), "domains": list(_DOMAINS)}


def commands(channel: Channel) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """What the bridge can do with the package."""
    from tau_bench.agents import tool_calling_agent
    from tau_bench.envs import user

    ask_user = ask_a_model(channel, lambda _: "user")

    def user_completion(**options: Any) -> Any:
        if getattr(_BUILDING, "now", False):
            return response(_UNHEARD)
        return ask_user(**options)

    user.completion = user_completion
    tool_calling_agent.completion = ask_a_model(channel, lambda _: "agent")
    return {"tasks": tasks, "play": play} | once(TauBenchScorer)


def tasks(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The tasks of a domain; see `tau2_package.tasks`.  Ids are places in the list of a split."""
    from tau_bench.types import RESPOND_ACTION_NAME

    everything = _environment(given, 0).tasks
    chosen = given.get("ids")
    places = list(range(len(everything))) if chosen is None else [int(one) for one in chosen]
    if unknown := [place for place in places if not 0 <= place < len(everything)]:
        raise ValueError(f"there is no task {unknown[0]}: the split has {len(everything)}")
    return [
        {
            "id": str(place),
            "calls": sum(one.name != RESPOND_ACTION_NAME for one in everything[place].actions),
            "user_calls": 0,
            "kind": "",
            "basis": ["DB", "COMMUNICATE"] if everything[place].outputs else ["DB"],
            "judged": False,
            "task": everything[place].model_dump(mode="json"),
        }
        for place in places[: given.get("limit")]
    ]


def play(given: dict[str, Any]) -> dict[str, Any]:
    """One episode, played and judged; as results files have it.

    Args:
        given: `domain`, `split`, `task_id`, `trial`, `max_steps`, `temperature` of the agent,
            `user_strategy` ("llm", "react", "verify" or "reflection").
    """
    from tau_bench.agents.tool_calling_agent import ToolCallingAgent
    from tau_bench.types import EnvRunResult

    place = int(given["task_id"])
    environment = _environment(given, place)
    agent = ToolCallingAgent(
        tools_info=environment.tools_info,
        wiki=environment.wiki,
        model="agentscaler/agent",
        provider=_PROVIDER,
        temperature=given["temperature"],
    )
    try:
        solved = agent.solve(env=environment, task_index=place, max_num_steps=given["max_steps"])
        reward, info, messages = solved.reward, solved.info, solved.messages
    except ModelFailedError as error:
        if error.fault != "agent":
            raise
        reward, info, messages = 0.0, {"error": str(error)}, []
    played: dict[str, Any] = EnvRunResult(
        task_id=place, reward=reward, info=info, traj=messages, trial=given["trial"]
    ).model_dump(mode="json")
    return played


def _environment(given: dict[str, Any], place: int) -> Any:
    from tau_bench.envs import get_env

    _BUILDING.now = True
    try:
        return get_env(
            given["domain"],
            user_strategy=given.get("user_strategy", "llm"),
            user_model="agentscaler/user",
            task_split=given["split"],
            user_provider=_PROVIDER,
            task_index=place,
        )
    finally:
        _BUILDING.now = False


_BUILDING = threading.local()
