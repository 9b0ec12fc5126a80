"""`estimate`: how long an experiment will take, from a short piece of one of its points.

Some of the first point's training and some of its first trial are done in a folder of their own,
timed, and thrown away.  Early in training episodes run longer than at its end, as an agent that
cannot do anything goes on until it is stopped; so the estimate of the trials is rather too high.
"""

import shutil
import time
from dataclasses import dataclass

from agentscaler.experiment.campaign import todo_of
from agentscaler.experiment.folder import ExperimentFolder
from agentscaler.experiment.running import run_point

__all__ = ["Estimate", "estimate"]

PROBE = "probe"
_TOKENS = 60_000
_TASKS = 8


@dataclass(frozen=True)
class Estimate:
    """What is left to do, and how long it will take.

    Attributes:
        points, tokens, episodes: left, in all.
        train_seconds, try_seconds: of all of them, one after the other.
    """

    points: int
    tokens: int
    episodes: int
    train_seconds: float
    try_seconds: float


def estimate(folder: ExperimentFolder, threads: int) -> Estimate:
    """Times a probe, and reckons.

    Raises:
        InputError: there is no experiment.
    """
    record, todo, trials = folder.read(), todo_of(folder), folder.trials()
    if not todo:
        return Estimate(0, 0, 0, 0.0, 0.0)
    tokens = sum(s.tokens for one in todo for phase in one.phases for s in phase.shares)
    episodes = sum(len(trials[n].tasks) for one in todo for n in one.trials if n in trials)
    share = todo[0].phases[0].shares[0].model_copy(update={"tokens": _TOKENS})
    phase = todo[0].phases[0].model_copy(update={"shares": (share,)})
    name = todo[0].trials[0]
    tried = trials[name].tasks[:: max(1, len(trials[name].tasks) // _TASKS)][:_TASKS]
    point = todo[0].model_copy(update={"id": PROBE, "phases": (phase,), "trials": (name,)})
    probe = ExperimentFolder(folder.path / PROBE)
    shutil.rmtree(probe.path, ignore_errors=True)
    probe.path.mkdir()
    try:
        probe.data.symlink_to(folder.data.resolve())
        probe.write(record, [point], [trials[name].model_copy(update={"tasks": tried})])
        began = time.monotonic()
        result = run_point((probe.path, PROBE, threads))
        spent = time.monotonic() - began
    finally:
        shutil.rmtree(probe.path, ignore_errors=True)
    learned = result.phases[0].seconds
    return Estimate(
        points=len(todo),
        tokens=tokens,
        episodes=episodes,
        train_seconds=learned / result.phases[0].tokens * tokens,
        try_seconds=(spent - learned) / len(tried) * episodes,
    )
