"""How fast episodes are played and judged, beside other ways of keeping the state.

Run `python benchmarks/rollouts.py RUN [--most N] [--domains N]`.  It plays the tasks of a run with
the expert and the scripted user and puts what comes of it through the funnel, domain by domain, in
this one process: N/4, N/2 and N trajectories, each task as often as it takes.  It prints seconds of
processor time, episodes and trajectories a second, and what the growth is; compiling the tools is
part of both figures, reading files is not.  Compiling is done once a domain, and what a call gives
is remembered there, so that the more trajectories a domain has, the faster they are judged.

Then, on the same trajectories, the baselines: the replay with a database opened anew for each
trajectory; and the replay with the state as pydantic models, deep-copied for each trajectory and
compared by a digest of sorted JSON, as tool benchmarks commonly keep it.  Of the latter only the
copy and the digest are timed, its tools cost it nothing, so that the ratio flatters it.
"""

import argparse
import copy
import hashlib
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, create_model

from agentscaler.domain import load_domain
from agentscaler.domain.domain import Domain
from agentscaler.domain.worlds import Worlds
from agentscaler.filtering import FunnelSettings, run_funnel
from agentscaler.filtering.alignment import find_misaligned
from agentscaler.filtering.case import Case
from agentscaler.filtering.reruns import Reruns
from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task

SAMPLE = 1_500
"""Trajectories on which the baselines are measured."""
EPISODES, TRAJECTORIES = 300, 2_000
"""What is aimed at, a second and core."""

Work = list[tuple[Domain, list[Task]]]


@dataclass
class Spent:
    """Seconds of processor time for so many trajectories."""

    count: int = 0
    kept: int = 0
    rollout: float = 0.0
    funnel: float = 0.0


def tasks_by_domain(folder: RunFolder) -> Iterator[tuple[str, list[Task]]]:
    for name, tasks in groupby(folder.read("tasks.jsonl", Task), key=lambda task: task.domain):
        yield name, list(tasks)


def measure(folder: RunFolder, domains: int, most: int, trials: int) -> Spent:
    """Plays and judges `most` trajectories; each domain is loaded afresh, as a stage does it."""
    spent = Spent()
    settings = RolloutSettings(trials=trials)
    for name, tasks in islice(tasks_by_domain(folder), domains):
        limit = min(most - spent.count, len(tasks) * trials)
        if limit <= 0:
            break
        domain, again = (load_domain(folder.path / "domains" / name) for _ in range(2))
        start = time.process_time()
        [played] = roll_out([(domain, tasks)], settings.model_copy(update={"limit": limit}))
        middle = time.process_time()
        [verdicts] = run_funnel([(again, tasks, played)])
        spent.funnel += time.process_time() - middle
        spent.rollout += middle - start
        spent.count += len(played)
        spent.kept += sum(verdict.kept for verdict in verdicts)
    return spent


def replay(cases: list[Case], *, anew: bool) -> float:
    """Seconds to play trajectories again, in worlds used again or in ones opened anew."""
    settings = FunnelSettings()
    start = time.process_time()
    for domain, group in groupby(cases, key=lambda case: case.domain):
        with closing(Reruns(domain)) as shared:
            for case in group:
                if not anew:
                    find_misaligned(case, settings, shared)
                    continue
                with closing(Reruns(domain)) as reruns:
                    find_misaligned(case, settings, reruns)
    return time.process_time() - start


def models(domain: Domain, state: str) -> dict[str, dict[str, BaseModel]]:
    """A state as pydantic models by table and key."""
    tables = {}
    with domain.world(state) as world:
        for table in domain.manifest.tables:
            columns = [column.name for column in table.columns]
            fields: dict[str, Any] = {f"{name}_": (Any, None) for name in columns}
            model = create_model(table.name, **fields)
            rows = world.rows(table.name)
            tables[table.name] = {
                str(number): model(**dict(zip(fields, row, strict=False)))
                for number, row in enumerate(rows)
            }
    return tables


def copy_and_compare(cases: list[Case]) -> float:
    """Seconds to deep-copy each trajectory's state and to take its digest."""
    states: dict[tuple[str, str], dict[str, dict[str, BaseModel]]] = {}
    spent = 0.0
    for case in cases:
        key = case.domain.id, case.task.state
        if key not in states:
            states[key] = models(case.domain, case.task.state)
        start = time.process_time()
        state = copy.deepcopy(states[key])
        plain = {
            table: {key: row.model_dump() for key, row in rows.items()}
            for table, rows in state.items()
        }
        hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
        spent += time.process_time() - start
    return spent


def reset_and_hash(cases: list[Case]) -> float:
    """Seconds that the worlds take for the same: back to the start, and the digest of changes."""
    spent = 0.0
    for domain, group in groupby(cases, key=lambda case: case.domain):
        with closing(Worlds(domain)) as worlds:
            for case in group:
                start = time.process_time()
                world = worlds.fresh(case.task.state)
                spent += time.process_time() - start
                for answered in case.calls:
                    world.call(answered.call.name, answered.call.arguments)
                start = time.process_time()
                world.state_hash()
                spent += time.process_time() - start
    return spent


def sample(folder: RunFolder) -> list[Case]:
    """Trajectories of the run's first domains."""
    cases: list[Case] = []
    for name, tasks in tasks_by_domain(folder):
        domain = load_domain(folder.path / "domains" / name)
        domain.toolbox  # noqa: B018 - compiled here, where nothing is timed
        played: list[Trajectory]
        [played] = roll_out([(domain, tasks)])
        by_id = {task.id: task for task in tasks}
        cases += [Case(domain, by_id[one.task], one) for one in played]
        if len(cases) >= SAMPLE:
            break
    return cases


def fresh(cases: list[Case]) -> list[Case]:
    """The same with nothing worked out yet."""
    return [Case(case.domain, case.task, case.trajectory) for case in cases]


def print_growth(folder: RunFolder, domains: int, most: int) -> Spent:
    there = sum(len(tasks) for _, tasks in islice(tasks_by_domain(folder), domains))
    print(f"{'trajectories':>12} {'kept':>8} {'rollout s':>10} {'a second':>9}", end="")
    print(f" {'funnel s':>9} {'a second':>9}")
    before: Spent | None = None
    for share in (4, 2, 1):
        count = most // share
        spent = measure(folder, domains, count, -(-count // there))
        print(f"{spent.count:12,} {spent.kept:8,} {spent.rollout:10.1f}", end="")
        print(f" {spent.count / spent.rollout:9,.0f} {spent.funnel:9.1f}", end="")
        print(f" {spent.count / spent.funnel:9,.0f}", end="")
        if before is not None:
            played, judged = spent.rollout / before.rollout, spent.funnel / before.funnel
            print(f"   twice as many take {played:.2f} and {judged:.2f} times as long", end="")
        print(flush=True)
        before = spent
    assert before is not None
    return before


def print_baselines(cases: list[Case]) -> None:
    sizes = sorted(
        {(c.domain.id, c.task.state): c for c in cases}.values(), key=lambda c: c.task.id
    )
    rows = [
        sum(len(table) for table in models(c.domain, c.task.state).values()) for c in sizes[:60]
    ]
    print(f"\n{len(cases):,} trajectories; {statistics.median(rows):.0f} rows a state (median)")
    ours = min(replay(fresh(cases), anew=False) for _ in range(3))
    anew = min(replay(fresh(cases), anew=True) for _ in range(3))
    count = len(cases)
    print(f"replay, a world used again     {count / ours:9,.0f} a second")
    times = f"{anew / ours:.2f} times as long"
    print(f"replay, a database opened anew {count / anew:9,.0f} a second, {times}")
    state = min(reset_and_hash(fresh(cases)) for _ in range(3))
    copied = copy_and_compare(cases)
    print(f"reset and state hash           {state / count * 1e6:9,.0f} us")
    times = f"{copied / state:.0f} times as long"
    print(f"deep copy and JSON digest      {copied / count * 1e6:9,.0f} us, {times}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--most", type=int, default=20_000, help="trajectories of the largest size")
    parser.add_argument("--domains", type=int, default=100_000, help="domains to take tasks of")
    options = parser.parse_args()
    folder = RunFolder.open(options.run)
    spent = print_growth(folder, options.domains, options.most)
    for name, rate, bar in (
        ("episodes", spent.count / spent.rollout, EPISODES),
        ("trajectories judged", spent.count / spent.funnel, TRAJECTORIES),
    ):
        met = "met" if rate >= bar else "MISSED"
        print(f"{name} a second {rate:,.0f}, aimed at {bar:,}: {met}")
    print_baselines(sample(folder))


if __name__ == "__main__":
    main()
