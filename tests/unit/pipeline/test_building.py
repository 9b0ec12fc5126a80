"""What models make of units, in order, through stops; and who made what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from agentscaler.errors import AgentScalerError, BudgetSpentError
from agentscaler.llm import DraftReason, MakerRecord, PartMaker, Prompt, Script
from agentscaler.pipeline import Settings
from agentscaler.pipeline.building import count_makers, remade
from agentscaler.pipeline.costs import costs_of
from agentscaler.pipeline.makers import MAKERS, makers_of
from agentscaler.runfolder import RunFolder
from tests.functional.serving import Served

PROMPT = Prompt("square.md", 1, "Square the number.", "digest")
RULES = [
    {"when": {"says": f'"number":{number}}}'}, "json": {"square": number * number}, "delay": delay}
    for number, delay in enumerate((0.05, 0.0, 0.03, 0.0, 0.01, 0.0))
]


class Square(BaseModel):
    square: int


async def square(number: int, maker: PartMaker) -> tuple[int, tuple[MakerRecord, ...]]:
    def check(answer: Square) -> dict[str, list[str]]:
        return {str(number): ["is less than the number"] if answer.square < number else []}

    given = {"number": number}
    made = await maker.make("square", [str(number)], PROMPT, given, Square, check)
    sound = made.answer is not None and bool(made.sound)
    return (made.answer.square if made.answer and sound else -1), made.records


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.open(tmp_path / "run", create=True)


@pytest.fixture
def endpoint() -> Iterator[Served]:
    served = Served(Script.parse(yaml.safe_dump(RULES)))
    yield served
    served.end()


def settings(endpoint: Served, **llm: Any) -> Settings:
    builder = {"base_url": endpoint.url, "model": "tiny", "retries": 1, "output_usd": 1_000_000}
    return Settings.model_validate({"llm": {"builder": builder, **llm}})


def squares(folder: RunFolder, given: Settings) -> list[int]:
    return [number for number, _ in remade(folder, given, "pool", range(6), square)]


def test_units_come_back_in_order_whatever_is_answered_first(
    folder: RunFolder, endpoint: Served
) -> None:
    assert squares(folder, settings(endpoint)) == [0, 1, 4, 9, 16, 25]
    assert endpoint.asked == 6


def test_what_was_answered_is_not_asked_again(folder: RunFolder, endpoint: Served) -> None:
    given = settings(endpoint)
    some = remade(folder, given, "pool", range(6), square)
    assert next(some)[0] == 0
    some.close()
    before = endpoint.asked
    assert squares(folder, given) == [0, 1, 4, 9, 16, 25]
    assert endpoint.asked <= 12 - before
    assert squares(folder, given) == [0, 1, 4, 9, 16, 25]
    assert sum(line.calls for line in costs_of(folder)) == 6


def test_an_endpoint_that_goes_away_stops_the_work_and_loses_none(
    folder: RunFolder, endpoint: Served
) -> None:
    given = settings(endpoint)
    endpoint.down()
    with pytest.raises(AgentScalerError, match="does not answer"):
        squares(folder, given)
    endpoint.up()
    assert squares(folder, given) == [0, 1, 4, 9, 16, 25]


def test_a_budget_stops_it_and_a_larger_one_goes_on(folder: RunFolder, endpoint: Served) -> None:
    with pytest.raises(BudgetSpentError):
        squares(folder, settings(endpoint, budget_usd=10))
    spent = sum(line.calls for line in costs_of(folder))
    assert 0 < spent <= 6
    assert squares(folder, settings(endpoint, budget_usd=1000)) == [0, 1, 4, 9, 16, 25]
    assert sum(line.calls for line in costs_of(folder)) == 6


def record(maker: str, rounds: int = 1, reason: DraftReason | None = None) -> MakerRecord:
    return MakerRecord.model_validate(
        {
            "stage": "domains",
            "part": "policy",
            "subject": "shop",
            "maker": maker,
            "model": "tiny",
            "prompt": "policy.md 1",
            "rounds": rounds,
            "reason": reason,
        }
    )


RECORDS = [
    record("model"),
    record("model", 2),
    record("rules", 2, DraftReason.UNSOUND),
    record("rules", 0, DraftReason.REFUSED),
    record("rules", 2, DraftReason.UNSOUND),
]


def test_parts_are_counted_by_maker_and_by_why_a_draft_stayed() -> None:
    assert list(count_makers(RECORDS[1:4])) == [
        "model:policy",
        "rules:policy:unsound",
        "rules:policy:refused",
    ]


def test_who_made_what_is_told_from_the_records(folder: RunFolder) -> None:
    assert makers_of(folder) == []
    lines = "".join(one.model_dump_json() + "\n" for one in RECORDS)
    (folder.path / MAKERS["domains"]).write_text(lines)
    (line,) = makers_of(folder)
    assert line == ("domains", "policy", "tiny", "policy.md 1", 1, 1, line.drafts)
    assert line.drafts == {"unsound": 2, "refused": 1}
