"""Grades the funnel on trajectories of which the right verdict is known.

Run `python benchmarks/planted.py RUN [--most N] [--per-domain N]`.  It takes kept trajectories of a
run and turns each into every kind of planted fault, and every other right way, that fits it; calls
that are changed run in a fresh world, so that nothing but the fault is wrong.  It prints one line a
kind: how many were planted, how many got the right verdict with its stage and reason; then each
verdict that was wrong.  It exits with 1 if one was.  For comparison the last columns count what two
simpler judges would have found: one that compares the final state only, and one that looks for the
answers as pieces of text.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agentscaler.domain import load_domain
from agentscaler.filtering import FunnelSettings, Verdict, run_funnel
from agentscaler.filtering.case import Case
from agentscaler.filtering.faults import KINDS, Planted, plant
from agentscaler.filtering.verdict import FunnelStage
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task


def cases(folder: RunFolder, per_domain: int) -> Iterator[Case]:
    """The first kept trajectories of each domain, with task and domain."""
    kept = {one.trajectory for one in folder.read("kept.jsonl", Verdict)}
    tasks = folder.read("tasks.jsonl", Task)
    task = next(tasks, None)
    domain, taken = None, 0
    for trajectory in folder.read("trajectories.jsonl", Trajectory):
        while task is not None and task.id != trajectory.task:
            task = next(tasks, None)
        if task is None:
            return
        if domain is None or domain.id != trajectory.domain:
            domain, taken = load_domain(folder.path / "domains" / trajectory.domain), 0
        if trajectory.id in kept and taken < per_domain:
            taken += 1
            yield Case(domain, task, trajectory)


def simple_verdicts(case: Case, planted: Planted) -> tuple[bool, bool]:
    """Whether two simpler judges keep a trajectory: by state only; by state and pieces of text."""
    same = planted.trajectory.state_hash == case.task.state_hash
    words = " ".join(
        one.content for one in planted.trajectory.messages if one.role == "assistant"
    ).lower()
    answers = [answer for goal in case.task.goals for answer in goal.answers]
    told = all(any(said.lower() in words for said in answer.said) for answer in answers)
    return same, same and told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--most", type=int, default=40, help="planted cases of a kind")
    parser.add_argument("--per-domain", type=int, default=4, help="trajectories of a domain")
    options = parser.parse_args()
    folder = RunFolder.open(options.run)
    planted, right, by_state, by_text = (Counter[str]() for _ in range(4))
    wrong: list[str] = []
    for case in cases(folder, options.per_domain):
        open_kinds = tuple(kind for kind in KINDS if planted[kind.name] < options.most)
        if not open_kinds:
            break
        for one in plant(case, open_kinds):
            [[verdict]] = run_funnel(
                [(case.domain, [case.task], [one.trajectory])], FunnelSettings()
            )
            name = one.kind.name
            planted[name] += 1
            if (verdict.stage, verdict.reason) == (one.kind.stage, one.kind.reason):
                right[name] += 1
            else:
                wrong.append(f"{name}, {case.trajectory.id}: {verdict.reason}, {verdict.detail}")
            keep = one.kind.stage is FunnelStage.PASSED
            state, text = simple_verdicts(case, one)
            by_state[name] += state == keep
            by_text[name] += text == keep
    print(f"{'kind':28} {'must get':18} {'planted':>8} {'right':>6} {'state':>6} {'+ text':>6}")
    for kind in KINDS:
        n = kind.name
        figures = f"{planted[n]:8} {right[n]:6} {by_state[n]:6} {by_text[n]:6}"
        print(f"{n:28} {kind.reason:18} {figures}")
    totals = [sum(counts.values()) for counts in (planted, right, by_state, by_text)]
    print(f"{'all':28} {len(KINDS):2} kinds{'':10} " + " ".join(f"{n:6}" for n in totals))
    for line in wrong:
        print("WRONG", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
