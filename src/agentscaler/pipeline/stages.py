"""The stages on one page.

    pool -> graph -> domains -> tasks -> rollout -> filter -> dataset

A stage reads what the stage before it wrote, hands records to the one verb of its package, and
writes what comes back, unit by unit: one unit a domain, or one for the whole stage.  This is the
only place that knows the files of a run; `runfolder` makes them survive a kill.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from agentscaler.corpus import (
    ToolSpec,
    load_corpus,
    share_schemas,
)
from agentscaler.dataset import DatasetSettings, build_dataset, count_examples
from agentscaler.domain import (
    Domain,
    DomainOutcome,
    DomainSettings,
    build_domains,
    load_vertical,
    save_domain,
)
from agentscaler.engine import Engine
from agentscaler.errors import SettingsError
from agentscaler.filtering import FunnelSettings, run_funnel
from agentscaler.graph import ToolGraph, build_graph
from agentscaler.ledger import Rejection
from agentscaler.llm import MakerRecord
from agentscaler.pipeline.building import count_makers, remade_domains, remade_tasks, rewritten
from agentscaler.pipeline.card import run_card
from agentscaler.pipeline.contamination import (
    compare_with_benchmarks,
    report_files,
    too_much_in_common,
)
from agentscaler.pipeline.makers import MAKERS
from agentscaler.pipeline.models import IN_FLIGHT, asked_by, open_models
from agentscaler.pipeline.records import by_domain, domain_of, kept, played
from agentscaler.pipeline.settings import Settings
from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
from agentscaler.runfolder import RunFolder, StageWriter
from agentscaler.task import Task, TaskSettings, construct_tasks

__all__ = ["STAGES", "DomainEntry", "Stage", "Work", "stage_named", "stages_of"]

Limited = TypeVar(
    "Limited", DomainSettings, TaskSettings, RolloutSettings, FunnelSettings, DatasetSettings
)
Result = TypeVar("Result")


class DomainEntry(BaseModel):
    """A line of `domains.jsonl`: what became of one community or one vertical.

    Attributes:
        community: None for a vertical.
        id: of the domain, which lies in `domains/<id>/`; None if the community gave none.
    """

    model_config = ConfigDict(frozen=True)

    community: int | None
    id: str | None = None
    title: str = ""
    tools: int = 0
    tables: int = 0


@dataclass(frozen=True)
class Work:
    """What a stage works with."""

    folder: RunFolder
    settings: Settings
    engine: Engine
    out: StageWriter
    advanced: Callable[[int], None]

    def end_unit(self, counts: Mapping[str, int], reasons: Iterable[str] = ()) -> None:
        """Counts what went through a unit, and what was rejected for which reason; commits it."""
        for key, n in counts.items():
            self.out.count(key, n)
        for reason in reasons:
            self.out.count(f"rejected:{reason}")
        self.out.commit()
        self.advanced(self.out.done_units)


def _make_pool(work: Work) -> None:
    settings = work.settings
    pool = load_corpus(settings.sources, settings.pool, settings.seed)
    work.out.write("rejected-tools.jsonl", pool.rejections)
    work.out.write("pool-sources.jsonl", pool.sources)
    count, reasons = 0, list(_reasons(pool.rejections))
    for batch in rewritten(work.folder, settings, pool.tools):
        count += len(batch.tools)
        work.out.write("pool.jsonl", batch.tools)
        work.out.write("rejected-tools.jsonl", batch.rejections)
        _keep_records(work, "pool", batch.records)
        reasons += _reasons(batch.rejections)
    work.end_unit({"in": pool.read - pool.skipped, "out": count}, reasons)


def _keep_records(work: Work, stage: str, records: Sequence[MakerRecord]) -> None:
    """Writes down who made which part, and counts it."""
    work.out.write(MAKERS[stage], records)
    for key in count_makers(records):
        work.out.count(key)


def _make_graph(work: Work) -> None:
    tools = share_schemas(work.folder.read("pool.jsonl", ToolSpec))
    graph = build_graph(tools, work.settings.graph, work.settings.seed)
    work.out.write_bytes("graph.npz", graph.dump())
    work.end_unit({"in": len(tools), "out": graph.community_count})


def _make_domains(work: Work) -> None:
    settings, out = work.settings, work.out
    names = settings.domain.wanted_verticals
    make = partial(load_vertical, seed=settings.seed, trials=settings.domain.trials)
    verticals = work.engine.map(make, islice(names, out.done_units, None))
    for vertical in _up_to(settings.domain.limit, "out", out, verticals):
        _keep_domain(work, vertical, None)
        work.end_unit({"in": 1, "out": 1})
    if not settings.sources:
        return
    tools = share_schemas(work.folder.read("pool.jsonl", ToolSpec))
    ids = {tool.id for tool in tools}
    graph = ToolGraph.parse((work.folder.path / "graph.npz").read_bytes())
    start = out.done_units - len(names)
    drafts = build_domains(graph, tools, settings.domain, settings.seed, work.engine, start)
    enough = _rest_of(settings.domain, "out", out).limit
    outcomes = remade_domains(work.folder, settings, _until(enough, drafts))
    for outcome, records in _up_to(settings.domain.limit, "out", out, outcomes):
        _keep_domain(work, outcome.domain, outcome.community)
        _keep_records(work, "domains", records)
        out.write("rejected-domains.jsonl", outcome.rejections)
        reasons = [
            f"{rejection.reason} (tool)" if rejection.id in ids else rejection.reason
            for rejection in outcome.rejections
        ]
        work.end_unit({"in": 1, "out": int(outcome.domain is not None)}, reasons)


def _keep_domain(work: Work, domain: Domain | None, community: int | None) -> None:
    """Writes a domain, and the line that says what became of a community or a vertical."""
    entry = DomainEntry(community=community)
    if domain is not None:
        save_domain(domain, work.out.directory("domains") / domain.id)
        entry = DomainEntry(
            community=community,
            id=domain.id,
            title=domain.manifest.title,
            tools=len(domain.manifest.tools),
            tables=len(domain.manifest.tables),
        )
    work.out.write("domains.jsonl", [entry])


def _make_tasks(work: Work) -> None:
    settings, out = work.settings, work.out
    entries = work.folder.read("domains.jsonl", DomainEntry)
    made = (entry.id for entry in entries if entry.id)
    domains = (domain_of(work.folder, name) for name in islice(made, out.done_units, None))
    rest = _rest_of(settings.task, "in", out)
    drafts = construct_tasks(islice(domains, rest.limit), rest, settings.seed, work.engine)
    outcomes = remade_tasks(work.folder, settings, drafts)
    for outcome, records in _up_to(settings.task.limit, "in", out, outcomes):
        out.write("tasks.jsonl", outcome.tasks)
        _keep_records(work, "tasks", records)
        out.write("rejected-tasks.jsonl", outcome.rejections)
        counts = {"in": 1, "out": len(outcome.tasks), "domains": int(bool(outcome.tasks))}
        work.end_unit(counts, _reasons(outcome.rejections))


def _make_trajectories(work: Work) -> None:
    settings, out = work.settings, work.out
    ahead = islice(by_domain(work.folder.read("tasks.jsonl", Task)), out.done_units, None)
    todo = ((domain_of(work.folder, name), tasks) for name, tasks in ahead)
    rest = _rest_of(settings.rollout, "in", out)
    for trajectories in _up_to(settings.rollout.limit, "in", out, _play(work, todo, rest)):
        played = [one for one in trajectories if one.failure_owner is None]
        failed = [one for one in trajectories if one.failure_owner is not None]
        out.write("trajectories.jsonl", played)
        out.write("failures.jsonl", failed)
        counts = {"in": len(trajectories), "out": len(played), "domains": int(bool(played))}
        kinds = Counter(f"mistake:{kind}" for one in played for kind in one.mistake_kinds)
        work.end_unit({**counts, **kinds}, [str(one.failure_owner) for one in failed])


def _play(
    work: Work, todo: Iterable[tuple[Domain, list[Task]]], settings: RolloutSettings
) -> Iterator[list[Trajectory]]:
    """The episodes of each domain, with models where the settings name them."""
    seed, models = work.settings.seed, work.settings.llm
    if not asked_by(settings) and settings.agent != "local":
        yield from roll_out(todo, settings, seed, work.engine)
        return
    settings = settings.model_copy(update={"in_flight": settings.in_flight or IN_FLIGHT})
    with open_models(work.folder.path, models, "rollout", seed) as cast:
        agent, user = cast.agent(settings), cast.user(settings)
        yield from roll_out(todo, settings, seed, agent=agent, user=user, at_end=cast.aclose)


def _filter(work: Work) -> None:
    out = work.out
    ahead = islice(played(work.folder), out.done_units, None)
    todo = ((domain_of(work.folder, name), tasks, episodes) for name, tasks, episodes in ahead)
    results = run_funnel(todo, _rest_of(work.settings.funnel, "in", out), work.engine)
    for verdicts in _up_to(work.settings.funnel.limit, "in", out, results):
        passed = [verdict for verdict in verdicts if verdict.kept]
        rejected = [verdict for verdict in verdicts if not verdict.kept]
        out.write("kept.jsonl", passed)
        out.write("rejected.jsonl", rejected)
        counts = {"in": len(verdicts), "out": len(passed), "domains": int(bool(passed))}
        work.end_unit(counts, [str(verdict.reason) for verdict in rejected])


def _make_dataset(work: Work) -> None:
    settings, out = work.settings, work.out
    ahead = islice(kept(work.folder), out.done_units, None)
    todo = ((domain_of(work.folder, name), tasks, episodes) for name, tasks, episodes in ahead)
    results = build_dataset(todo, _rest_of(settings.dataset, "in", out), settings.seed)
    for unit in _up_to(settings.dataset.limit, "in", out, results):
        out.write(f"dataset/{unit.domain.split}.jsonl", unit.examples)
        out.write("dataset/domains.jsonl", [unit.domain])
        for key, n in count_examples(unit.domain, unit.examples).items():
            out.count(key, n)
        count = len(unit.examples)
        work.end_unit({"in": count, "out": count})
    if not out.counters.get("contamination"):
        report = compare_with_benchmarks(work.folder, settings, work.engine)
        for name, content in report_files(report, work.folder).items():
            out.write_bytes(f"dataset/{name}", content)
        work.end_unit({"contamination": 1, "contaminated": report.refused})
    if out.counters.get("contaminated"):
        raise too_much_in_common(work.folder)
    if not out.counters.get("cards"):
        nouns = {stage.name: (stage.takes, stage.gives) for stage in stages_of(work.settings)}
        out.write_bytes("dataset/README.md", run_card(work.folder, nouns).encode())
        work.end_unit({"cards": 1})


@dataclass(frozen=True)
class Stage:
    """One stage of the pipeline.

    Attributes:
        name: as the command line calls it.
        section: its part of `Settings`.
        package: the topmost package that it uses.
        outputs, directories: what it writes, relative to the run folder.
        takes, gives: what goes in and what comes out, as plural nouns.
        units: how many units of work it has, once the stages before it are done.
        reads: what it takes from outside the run: sources, paths.
    """

    name: str
    section: str
    package: str
    make: Callable[[Work], None]
    takes: str
    gives: str
    outputs: tuple[str, ...]
    directories: tuple[str, ...] = ()
    units: Callable[[RunFolder], int] = lambda folder: 1
    reads: Callable[[Settings], tuple[str, ...]] = lambda settings: ()


def _counted(stage: str, key: str) -> Callable[[RunFolder], int]:
    """Reads a counter of a stage that is complete."""

    def read(folder: RunFolder) -> int:
        record = folder.record(stage)
        return record.counters.get(key, 0) if record else 0

    return read


def _domains_to_make(folder: RunFolder) -> int:
    """Communities, and the verticals that the run's settings name."""
    section = DomainSettings.model_validate(folder.settings.get("domain", {}))
    return _counted("graph", "out")(folder) + len(section.wanted_verticals)


STAGES = (
    Stage(
        *("pool", "pool", "corpus", _make_pool, "operations", "tools"),
        outputs=("pool.jsonl", "rejected-tools.jsonl", "pool-sources.jsonl", MAKERS["pool"]),
        reads=lambda settings: settings.sources,
    ),
    Stage(
        *("graph", "graph", "graph", _make_graph, "tools", "communities"),
        outputs=("graph.npz",),
    ),
    Stage(
        *("domains", "domain", "domain", _make_domains, "communities", "domains"),
        outputs=("domains.jsonl", "rejected-domains.jsonl", MAKERS["domains"]),
        directories=("domains",),
        units=_domains_to_make,
    ),
    Stage(
        *("tasks", "task", "task", _make_tasks, "domains", "tasks"),
        outputs=("tasks.jsonl", "rejected-tasks.jsonl", MAKERS["tasks"]),
        units=_counted("domains", "out"),
    ),
    Stage(
        *("rollout", "rollout", "rollout", _make_trajectories, "episodes", "trajectories"),
        outputs=("trajectories.jsonl", "failures.jsonl"),
        units=_counted("tasks", "domains"),
    ),
    Stage(
        *("filter", "funnel", "filtering", _filter, "trajectories", "kept"),
        outputs=("kept.jsonl", "rejected.jsonl"),
        units=_counted("rollout", "domains"),
    ),
    Stage(
        *("dataset", "dataset", "dataset", _make_dataset, "kept", "examples"),
        outputs=(
            *("dataset/train.jsonl", "dataset/held_out.jsonl"),
            *("dataset/domains.jsonl", "dataset/README.md"),
            *("dataset/contamination.json", "dataset/contamination.md"),
        ),
        units=lambda folder: _counted("filter", "domains")(folder) + 2,
        reads=lambda settings: settings.dataset.contamination.paths,
    ),
)


def stages_of(settings: Settings) -> tuple[Stage, ...]:
    """The stages of a run: without sources there is no pool and no graph."""
    return STAGES if settings.sources else STAGES[STAGES.index(stage_named("domains")) :]


def stage_named(name: str) -> Stage:
    """The stage of that name.

    Raises:
        SettingsError: there is none.
    """
    for stage in STAGES:
        if stage.name == name:
            return stage
    names = ", ".join(stage.name for stage in STAGES)
    raise SettingsError(f"There is no stage {name}.", f"The stages are {names}.")


def _reasons(rejections: Iterable[Rejection]) -> Iterator[str]:
    return (rejection.reason for rejection in rejections)


def _rest_of(section: Limited, counter: str, out: StageWriter) -> Limited:
    """The settings with what is left of their limit, for a stage that goes on."""
    if section.limit is None:
        return section
    left = section.limit - out.counters.get(counter, 0)
    return section.model_copy(update={"limit": max(left, 0)})


def _until(limit: int | None, outcomes: Iterable[DomainOutcome]) -> Iterator[DomainOutcome]:
    """The outcomes up to so many domains, so that no model works on more than are wanted."""
    left = limit
    for outcome in outcomes:
        yield outcome
        if left is not None and outcome.domain is not None:
            left -= 1
            if not left:
                return


def _up_to(
    limit: int | None, counter: str, out: StageWriter, results: Iterator[Result]
) -> Iterator[Result]:
    """The results, until the counter has reached the limit."""
    while limit is None or out.counters.get(counter, 0) < limit:
        try:
            result = next(results)
        except StopIteration:
            return
        yield result
