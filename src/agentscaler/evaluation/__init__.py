"""Evaluation: how good an agent is, on benchmarks and in held-out worlds, in figures to be trusted.

A suite gives tasks and judges what was played; each attempt ends as a `TrialResult`, done or failed
by the infrastructure, never missing.  Reports are made of these results alone, so that anything can
be scored and reported again without a model.
"""

from agentscaler.evaluation.folder import EvaluationFolder, EvaluationRecord
from agentscaler.evaluation.passk import mean_pass_hat, pass_hat
from agentscaler.evaluation.trial import Slot, TrialResult, TrialState

__all__ = [
    "EvaluationFolder",
    "EvaluationRecord",
    "Slot",
    "TrialResult",
    "TrialState",
    "mean_pass_hat",
    "pass_hat",
]
