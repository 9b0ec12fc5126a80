"""tau2-bench, in its own interpreter: tasks, live simulations, and the frame of a results file.

The package's agent, user simulator, orchestrator and evaluator are used as they are; only the
`completion` that its `generate` calls is ours.  Who asks is told by the model that is asked: the
agent and the user simulator are given names of ours, and whoever else asks is a judge.
"""

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .channel import Channel, ModelFailedError
from .checkout import commit_of
from .completion import ask_a_model
from .scoring import once
from .tau2_scoring import Tau2Scorer

__all__ = ["commands", "found"]

_BANKING = "banking_knowledge"
_AGENT, _USER = "agentscaler/agent", "agentscaler/user"
_ROLES = {_AGENT: "agent", _USER: "user"}


def found(home: Path) -> dict[str, Any]:
    """Version, commit, place and domains of the package.

    Raises:
        ImportError: it is another package of that name, or not the one in `home`.
    """
    import tau2

    place = Path(tau2.__file__ or "").resolve()
    if home not in place.parents:
        raise ImportError(f"the tau2 that was imported lies in {place.parent}, not in {home}")
    from loguru import logger
    from tau2.registry import registry

    logger.remove()
    if not (home / "data" / "tau2").is_dir():
        raise ImportError(f"{home / 'data' / 'tau2'} is missing")
    info = registry.get_info()
    try:
        version = importlib.metadata.version("tau2")
    except importlib.metadata.PackageNotFoundError:
        version = "not installed"
    return {
        "version": version,
        "commit": commit_of(home),
        "domains": sorted(info.domains),
        "task_sets": sorted(info.task_sets),
    }


def commands(channel: Channel) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """What the bridge can do with the package."""
    from tau2.utils import llm_utils

    llm_utils.completion = ask_a_model(channel, lambda model: _ROLES.get(model, "judge"))
    llm_utils.get_response_cost = lambda response: response._hidden_params["response_cost"]
    return {"tasks": tasks, "play": play, "frame": frame} | once(Tau2Scorer)


def tasks(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The tasks of a domain.

    Args:
        given: `domain`, `task_set` and `split` (None takes the package's), `ids` (None takes all),
            `limit`.

    Returns:
        for each: `id`, `calls` and `user_calls` (the gold actions of agent and user), `kind`
        ("write" where a gold action changes data, "read" where it only looks, "none" without any),
        `basis` of its reward, `judged` (it holds assertions that a model judges), and `task` as
        results files have it.
    """
    from tau2.environment.toolkit import get_tool_types
    from tau2.runner.helpers import get_tasks

    config = _config(given)
    chosen = get_tasks(
        task_set_name=config.task_set_name or config.domain,
        task_split_name=config.task_split_name,
        task_ids=given.get("ids"),
        num_tasks=given.get("limit"),
    )
    environment = _environment(config, chosen[0]) if chosen else None
    types: dict[str, Any] = {}
    for kit in (getattr(environment, "tools", None), getattr(environment, "user_tools", None)):
        types |= get_tool_types(kit) if kit is not None else {}
    return [_told(task, types) for task in chosen]


def play(given: dict[str, Any]) -> dict[str, Any]:
    """One simulation, played and judged; as results files have it.

    Args:
        given: `domain`, `task_id`, `trial`, `seed`, `max_steps`, `max_errors`, `id` of the
            simulation, `agent_arguments` and `user_arguments` of the models, and optionally
            `task_set`, `split`, `retrieval` and `retrieval_arguments` (banking_knowledge).
    """
    from tau2.evaluator.evaluator import EvaluationType
    from tau2.runner.build import _build_env_kwargs, build_text_orchestrator
    from tau2.runner.simulation import run_simulation

    config = _config(given)
    task = _task(config, given["task_id"])
    game = build_text_orchestrator(config, task, seed=given["seed"], simulation_id=given["id"])
    kinds = {"evaluation_type": EvaluationType.ALL, "env_kwargs": _build_env_kwargs(config, task)}
    try:
        simulation = run_simulation(game, **kinds)
    except ModelFailedError as error:
        if error.fault != "agent":
            raise
        simulation = _lost_by_the_agent(game, str(error))
    simulation.trial = given["trial"]
    played: dict[str, Any] = simulation.model_dump(mode="json")
    return played


def _lost_by_the_agent(game: Any, why: str) -> Any:
    """Ends a game as the package ends one in which the agent broke the rules of talking."""
    from tau2.data_model.simulation import RewardInfo, TerminationReason

    game.done = True
    game.termination_reason = TerminationReason.AGENT_ERROR
    simulation = game._finalize()
    simulation.policy = game.environment.get_policy()
    simulation.reward_info = RewardInfo(reward=0.0, reward_basis=None, info={"note": why})
    return simulation


def frame(given: dict[str, Any]) -> dict[str, Any]:
    """`info` of a results file: what was run, with the names of the models that were asked.

    Args:
        given: as for `play`, and `agent_model`, `user_model`, `trials`.
    """
    from tau2.runner.helpers import get_info

    config = _config(given)
    config = config.model_copy(
        update={
            "llm_agent": given["agent_model"],
            "llm_user": given["user_model"],
            "num_trials": given["trials"],
        }
    )
    policy = _policy_of_banking(config) if config.domain == _BANKING else None
    info: dict[str, Any] = get_info(config, policy_override=policy).model_dump(mode="json")
    return info


def _policy_of_banking(config: Any) -> Any:
    """What the package writes in place of a policy that differs from task to task."""
    from tau2.domains.banking_knowledge.environment import get_knowledge_base
    from tau2.domains.banking_knowledge.retrieval import get_info_policy_override

    arguments = config.retrieval_config_kwargs or {}
    return get_info_policy_override(config.retrieval_config, get_knowledge_base(), **arguments)


def _config(given: dict[str, Any]) -> Any:
    from tau2.data_model.simulation import TextRunConfig

    options: dict[str, Any] = {
        "task_set_name": given.get("task_set"),
        "max_steps": given.get("max_steps"),
        "max_errors": given.get("max_errors"),
        "seed": given.get("run_seed"),
        "retrieval_config": given.get("retrieval"),
        "retrieval_config_kwargs": given.get("retrieval_arguments"),
        "llm_args_agent": given.get("agent_arguments"),
        "llm_args_user": given.get("user_arguments"),
    }
    if "split" in given:
        options["task_split_name"] = given["split"]
    options = {
        name: value
        for name, value in options.items()
        if value is not None or name == "task_split_name"
    }
    return TextRunConfig(domain=given["domain"], llm_agent=_AGENT, llm_user=_USER, **options)


def _task(config: Any, identifier: str) -> Any:
    """One task; tasks are read once a process."""
    from tau2.runner.helpers import get_tasks

    key = (config.task_set_name or config.domain, config.task_split_name)
    if key not in _READ:
        _READ[key] = {one.id: one for one in get_tasks(*key)}
    return _READ[key][identifier].model_copy(deep=True)


_READ: dict[tuple[str, Any], dict[str, Any]] = {}


def _environment(config: Any, task: Any) -> Any:
    from tau2.runner.build import _build_env_kwargs, build_environment

    return build_environment(config.domain, env_kwargs=_build_env_kwargs(config, task))


def _told(task: Any, types: dict[str, Any]) -> dict[str, Any]:
    criteria = task.evaluation_criteria
    actions = list(criteria.actions or []) if criteria is not None else []
    kinds = {getattr(types.get(action.name), "value", "") for action in actions}
    basis = [one.value for one in criteria.reward_basis] if criteria is not None else []
    assertions = criteria.nl_assertions if criteria is not None else None
    return {
        "id": task.id,
        "calls": sum(action.requestor == "assistant" for action in actions),
        "user_calls": sum(action.requestor == "user" for action in actions),
        "kind": "write" if "write" in kinds else "read" if actions else "none",
        "basis": basis,
        "judged": "NL_ASSERTION" in basis and bool(assertions),
        "task": task.model_dump(mode="json"),
    }
