"""What models make of the parts that a stage's rules have drafted, unit by unit and in order."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from agentscaler.corpus import Rewritten, ToolSpec, rewrite_tools, tool_batches
from agentscaler.domain import DomainOutcome, remake_domain
from agentscaler.engine import Flight
from agentscaler.graph import tool_reading
from agentscaler.llm import MakerRecord, PartMaker, Role
from agentscaler.pipeline.models import open_models
from agentscaler.pipeline.records import domain_of
from agentscaler.pipeline.settings import Settings
from agentscaler.runfolder import RunFolder
from agentscaler.task import TaskOutcome, remake_tasks

__all__ = ["count_makers", "remade", "remade_domains", "remade_tasks", "rewritten"]

Unit = TypeVar("Unit")
Remade = TypeVar("Remade")


def remade(
    folder: RunFolder,
    settings: Settings,
    stage: str,
    units: Iterable[Unit],
    remake: Callable[[Unit, PartMaker], Awaitable[Remade]],
    role: Role = "builder",
) -> Iterator[Remade]:
    """Units as a model leaves them, in the order in which they come.

    As many are worked on at the same time as the role's endpoint takes requests.

    Args:
        units: taken lazily, no further ahead than that.
        remake: one unit to its end; with the same answers it gives the same result.
        role: who is asked.

    Raises:
        AgentScalerError: the endpoint answers nobody, or the budget is spent; what was answered is
            kept, and the same call goes on from there.
    """

    async def play(unit: Unit) -> Remade:
        return await remake(unit, maker)

    with open_models(folder.path, settings.llm, stage, settings.seed) as models:
        maker = models.maker(role)
        in_flight = settings.llm.endpoint(role).concurrency
        flight = Flight(play, ([unit] for unit in units), in_flight, models.aclose)
        for (result,) in flight.results():
            yield result


def rewritten(
    folder: RunFolder, settings: Settings, tools: Sequence[ToolSpec]
) -> Iterator[Rewritten]:
    """The tools of a pool in batches, described and judged where the settings say so."""
    parts = settings.pool.wanted_parts
    if not parts:
        yield Rewritten(tuple(tools))
        return
    rewrite = partial(rewrite_tools, parts=parts, read=tool_reading)
    yield from remade(folder, settings, "pool", tool_batches(tools), rewrite)


def remade_domains(
    folder: RunFolder, settings: Settings, outcomes: Iterable[DomainOutcome]
) -> Iterator[tuple[DomainOutcome, Sequence[MakerRecord]]]:
    """Domains with the parts that the settings name made by a model."""

    async def remake(
        outcome: DomainOutcome, maker: PartMaker
    ) -> tuple[DomainOutcome, Sequence[MakerRecord]]:
        if outcome.domain is None:
            return outcome, ()
        made = await remake_domain(
            outcome.domain, maker, settings.domain, settings.seed, outcome.refused
        )
        tools = {tool.origin for tool in made.domain.manifest.tools}
        rejections = [one for one in outcome.rejections if one.id not in tools]
        return replace(outcome, domain=made.domain, rejections=rejections), made.records

    if not settings.domain.wanted_parts:
        return ((outcome, ()) for outcome in outcomes)
    return remade(folder, settings, "domains", outcomes, remake)


def remade_tasks(
    folder: RunFolder, settings: Settings, outcomes: Iterable[TaskOutcome]
) -> Iterator[tuple[TaskOutcome, Sequence[MakerRecord]]]:
    """Tasks with the parts that the settings name made by a model."""

    async def remake(
        outcome: TaskOutcome, maker: PartMaker
    ) -> tuple[TaskOutcome, Sequence[MakerRecord]]:
        if not outcome.tasks:
            return outcome, ()
        domain = domain_of(folder, outcome.domain)
        made = await remake_tasks(domain, outcome.tasks, maker, settings.task, settings.seed)
        rejections = [*outcome.rejections, *made.rejections]
        return replace(outcome, tasks=made.tasks, rejections=rejections), made.records

    if not settings.task.wanted_parts:
        return ((outcome, ()) for outcome in outcomes)
    return remade(folder, settings, "tasks", outcomes, remake)


def count_makers(records: Iterable[MakerRecord]) -> Iterator[str]:
    """A counter for each part: who made it, and why if a draft stayed."""
    for record in records:
        reason = f":{record.reason}" if record.reason is not None else ""
        yield f"{record.maker}:{record.part}{reason}"
