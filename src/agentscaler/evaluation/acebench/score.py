"""Scoring one answer, whatever its kind, by both scorers."""

from typing import Any

from agentscaler.evaluation.acebench import agents, fixed, parity
from agentscaler.evaluation.acebench.categories import Kind
from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.verdict import Scores

__all__ = ["score_answer"]


def score_answer(item: AceItem, result: Any, process: Any = None) -> Scores:
    """What both scorers say of an answer.

    Args:
        result: the model's text; of agents the final state, `[{class: {attribute: value}}, ...]`.
        process: of agents, the texts with calls that were executed, in order.
    """
    match item.kind:
        case Kind.NORMAL:
            return Scores(parity.judge_calls(item, result), fixed.judge_calls(item, result))
        case Kind.SPECIAL:
            return Scores(parity.judge_statement(item, result), fixed.judge_statement(item, result))
        case Kind.AGENT:
            official, ours = agents.parity_state(item, result), agents.fixed_state(item, result)
            return Scores(
                official,
                ours,
                agents.parity_process(item, process, official),
                agents.fixed_process(item, process, ours),
            )
