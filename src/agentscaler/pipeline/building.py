"""What models make of the parts that a stage's rules have drafted, unit by unit and in order."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

from agentscaler.engine import Flight
from agentscaler.llm import MakerRecord, PartMaker, Role
from agentscaler.pipeline.models import open_models
from agentscaler.pipeline.settings import Settings
from agentscaler.runfolder import RunFolder

__all__ = ["count_makers", "remade"]

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
        maker = PartMaker(models.model(role), stage)
        in_flight = settings.llm.endpoint(role).concurrency
        flight = Flight(play, ([unit] for unit in units), in_flight, models.aclose)
        for (result,) in flight.results():
            yield result


def count_makers(records: Iterable[MakerRecord]) -> Iterator[str]:
    """A counter for each part: who made it, and why if a draft stayed."""
    for record in records:
        reason = f":{record.reason}" if record.reason is not None else ""
        yield f"{record.maker}:{record.part}{reason}"
