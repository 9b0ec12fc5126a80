"""The own suite: worlds that were held out from training, played and judged as dialogues are.

`choose_tasks` says which tasks of a run are played, `play` plays those that are owed and judges
them as the funnel does, `judge_again` judges what was played once more.
"""

from agentscaler.evaluation.own.playing import Cast, Played, judge_again, play
from agentscaler.evaluation.own.selection import Choice, TaskSketch, choose_tasks
from agentscaler.evaluation.own.settings import OwnEvaluation, OwnSettings

__all__ = [
    "Cast",
    "Choice",
    "OwnEvaluation",
    "OwnSettings",
    "Played",
    "TaskSketch",
    "choose_tasks",
    "judge_again",
    "play",
]
