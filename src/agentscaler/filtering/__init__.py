"""The funnel: only practice that is provably right goes on to training.

`run_funnel` takes domains with their tasks and trajectories and gives one `Verdict` a trajectory;
`count_verdicts` counts them by stage, reason, domain and length, `measure_difficulty` says by them
how hard tasks are.  `judge_dialogues` asks a model how dialogues read, which decides nothing.
"""

from agentscaler.filtering.difficulty import Difficulty, DifficultySettings, measure_difficulty
from agentscaler.filtering.funnel import run_funnel, verdicts_of
from agentscaler.filtering.judge import (
    JUDGE_PROMPTS,
    JudgeSettings,
    batches_of,
    judge_dialogues,
)
from agentscaler.filtering.judgement import (
    Criterion,
    CriterionTally,
    Judgement,
    Mark,
    tally_judgements,
)
from agentscaler.filtering.settings import FunnelSettings
from agentscaler.filtering.tally import FunnelTally, count_verdicts
from agentscaler.filtering.verdict import FunnelReason, FunnelStage, Verdict

__all__ = [
    "JUDGE_PROMPTS",
    "Criterion",
    "CriterionTally",
    "Difficulty",
    "DifficultySettings",
    "FunnelReason",
    "FunnelSettings",
    "FunnelStage",
    "FunnelTally",
    "JudgeSettings",
    "Judgement",
    "Mark",
    "Verdict",
    "batches_of",
    "count_verdicts",
    "judge_dialogues",
    "measure_difficulty",
    "run_funnel",
    "tally_judgements",
    "verdicts_of",
]
