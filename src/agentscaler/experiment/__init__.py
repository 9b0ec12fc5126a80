"""Experiments: does an agent that learned from more worlds do better in worlds it never saw?

`prepare` chooses dialogues and tasks of a finished run and lays out the points of an arm; an arm is
a set of agents that differ in one thing: `scaling` in the number of domains, `phases` in the order
of training, `funnel` in what was filtered.  `run_points` trains each agent and lets it play,
`write_report` says what came of it.
"""

from agentscaler.evaluation.statistics import Interval, PairedTest, compare, rate
from agentscaler.experiment.campaign import plan_lines, results_of, run_points, todo_of
from agentscaler.experiment.figures import Figures, figures_of
from agentscaler.experiment.folder import ExperimentFolder, ExperimentRecord
from agentscaler.experiment.learner import Learner, Lesson, Player, Rehearsal
from agentscaler.experiment.prepare import ARMS, prepare
from agentscaler.experiment.report import write_report
from agentscaler.experiment.running import PointResult, learner_of, progress_of, run_point
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.sources import Sources

__all__ = [
    "ARMS",
    "ExperimentFolder",
    "ExperimentRecord",
    "ExperimentSettings",
    "Figures",
    "Interval",
    "Learner",
    "Lesson",
    "PairedTest",
    "Player",
    "PointResult",
    "Rehearsal",
    "Sources",
    "compare",
    "figures_of",
    "learner_of",
    "plan_lines",
    "prepare",
    "progress_of",
    "rate",
    "results_of",
    "run_point",
    "run_points",
    "todo_of",
    "write_report",
]
