from enum import Enum

from tau2.data_model.message import AssistantMessage
from tau2.data_model.simulation import RewardInfo, SimulationRun, TerminationReason
from tau2.data_model.tasks import RewardType, Task
from tau2.environment.toolkit import get_tool_types
from tau2.evaluator.evaluator_nl_assertions import NLAssertionsEvaluator
from tau2.registry import registry


class EvaluationType(str, Enum):  # noqa: UP042
    ALL = "all"
    ALL_WITH_NL_ASSERTIONS = "all_with_nl_assertions"


def evaluate_simulation(
    simulation: SimulationRun,
    task: Task,
    evaluation_type: EvaluationType,
    solo_mode: bool,
    domain: str,
) -> RewardInfo:
    """As strict as the package was before it could be told not to be."""
    if simulation.termination_reason is TerminationReason.MAX_STEPS:
        return RewardInfo(reward=0.0, info={"note": "Simulation terminated prematurely."})
    make = registry.get_env_constructor(domain)
    get_tool_types(make().tools)
    criteria, messages = task.evaluation_criteria, simulation.messages
    data = task.initial_state.initialization_data if task.initial_state else None
    played, gold = make(), make()
    played.set_state(data, None, message_history=list(messages))
    gold.set_state(data, None, message_history=[])
    for action in criteria.actions or []:
        try:
            gold.make_tool_call(action.name, action.requestor, **action.arguments)
        except Exception:
            continue
    match = gold.get_db_hash() == played.get_db_hash()
    said = [one.content or "" for one in messages if isinstance(one, AssistantMessage)]
    communicated = [
        {"info": info, "met": any(info in text for text in said)}
        for info in criteria.communicate_info or []
    ]
    made = [call for one in messages for call in getattr(one, "tool_calls", None) or []]
    parts = {RewardType.DB: float(match)}
    parts[RewardType.COMMUNICATE] = float(all(one["met"] for one in communicated))
    verdicts = None
    if evaluation_type is EvaluationType.ALL_WITH_NL_ASSERTIONS:
        verdicts = NLAssertionsEvaluator.judged(task, messages)
        parts[RewardType.NL_ASSERTION] = float(all(one.met for one in verdicts))
    reward = 1.0
    for kind in criteria.reward_basis:
        reward *= parts[kind]
    return RewardInfo(
        reward=reward,
        db_check={"db_match": match, "db_reward": float(match)},
        action_checks=[
            {
                "action": action.model_dump(),
                "action_match": any(
                    (call.name, call.arguments) == (action.name, action.arguments) for call in made
                ),
            }
            for action in criteria.actions or []
        ],
        nl_assertions=verdicts,
        communicate_checks=communicated,
        reward_basis=[kind.value for kind in criteria.reward_basis],
        reward_breakdown={kind.value: parts[kind] for kind in criteria.reward_basis},
    )
