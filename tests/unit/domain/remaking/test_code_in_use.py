"""A domain whose tools a model wrote goes through all that comes after, in jailed workers."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from agentscaler.domain import Domain, DomainSettings, load_domain, save_domain
from agentscaler.domain.remaking.code import remake_code
from agentscaler.filtering import run_funnel
from agentscaler.llm import PartMaker
from agentscaler.rollout import RolloutSettings, roll_out
from agentscaler.task import TaskSettings, construct_tasks
from agentscaler.task.verify import check_tasks
from agentscaler.world.jailed import JailedWorld
from tests.unit.domain.remaking.answers import answering, good, questions, remake

DOMAINS = 8
KEPT = 6
"""Worker processes that a process keeps beside one a core: those with hash seeds of their own."""


@pytest.fixture(scope="module")
def remade(box_office: Domain) -> Domain:
    made, _ = remake(box_office, answering(questions(box_office), good()))
    return made


def test_it_comes_back_from_disk_and_still_runs_in_a_jail(remade: Domain, tmp_path: Path) -> None:
    save_domain(remade, tmp_path)
    loaded = load_domain(tmp_path)
    assert loaded == remade
    with loaded.world("small") as world:
        assert isinstance(world, JailedWorld)
        (venue, *_) = world.call("list_venues", {"limit": 1}).value["venues"]
        refused = world.call("delete_venue", {"venue_id": venue["venue_id"] + "x"})
    assert refused.error == f"There is no venue {venue['venue_id']}x."


def test_its_tasks_are_proven_played_and_kept_as_those_of_the_draft(
    box_office: Domain, remade: Domain
) -> None:
    (made,) = construct_tasks([remade], TaskSettings(per_domain=8))
    (drafted,) = construct_tasks([box_office], TaskSettings(per_domain=8))
    assert made.tasks == drafted.tasks
    assert check_tasks(remade, made.tasks).holding == len(made.tasks) >= 5
    (episodes,) = roll_out([(remade, made.tasks)], RolloutSettings(trials=3))
    (verdicts,) = run_funnel([(remade, made.tasks, episodes)])
    assert len(verdicts) == len(episodes) == 3 * len(made.tasks)
    assert all(verdict.kept for verdict in verdicts)


def test_many_made_at_once_leave_no_process_and_no_descriptor_behind(box_office: Domain) -> None:
    groups = questions(box_office)
    endless = 'def get_show(db, show_id):\n    """Look."""\n    while True:\n        pass\n'

    async def one(number: int) -> tuple[str, set[str]]:
        manifest = box_office.manifest.model_copy(update={"id": f"box-office-{number}"})
        functions = {**good(), "get_show": endless} if number % 2 else good()
        maker = PartMaker(answering(groups, functions), "domains")
        domain = replace(box_office, manifest=manifest)
        made, records = await remake_code(domain, maker, DomainSettings(trials=8), "seed")
        return made.source, {one.subject for one in records if one.maker == "rules"}

    async def all_at_once() -> list[tuple[str, set[str]]]:
        return await asyncio.gather(*map(one, range(DOMAINS)))

    first = asyncio.run(all_at_once())
    descriptors, children = _descriptors(), _children()
    again = asyncio.run(all_at_once())
    assert again == first
    assert _children() <= len(os.sched_getaffinity(0)) + KEPT
    assert _descriptors() - descriptors <= 2 * max(0, _children() - children)
    for number, (_, lost) in enumerate(first):
        assert lost == ({f"box-office-{number}/get_show"} if number % 2 else set())


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _children() -> int:
    return sum(_parent(process) == os.getpid() for process in Path("/proc").iterdir())


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0
