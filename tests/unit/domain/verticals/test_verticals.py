"""What holds of every hand-written domain."""

from collections.abc import Callable
from functools import cache

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.domain.verticals import load_vertical, vertical_names
from agentscaler.domain.verticals.load import draft_vertical
from agentscaler.errors import InputError
from agentscaler.task import TaskSettings, construct_tasks
from agentscaler.task.construct import TaskOutcome
from agentscaler.world.bindings import named_in, positional
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.world import World

SEEDS = range(3)

each = pytest.mark.parametrize("name", vertical_names())


@pytest.fixture(scope="module")
def made() -> Callable[[str], Domain]:
    return cache(load_vertical)


@pytest.fixture(scope="module")
def asked(made: Callable[[str], Domain]) -> Callable[[str], TaskOutcome]:
    """Tasks of a vertical, enough for each of its tools to come up."""

    @cache
    def construct(name: str) -> TaskOutcome:
        (outcome,) = construct_tasks([made(name)], TaskSettings(per_domain=60))
        return outcome

    return construct


@each
def test_its_certificate_holds(name: str, made: Callable[[str], Domain]) -> None:
    assert made(name).certificate.holds


@each
def test_its_tools_are_let_do_their_work_and_refused(
    name: str, made: Callable[[str], Domain]
) -> None:
    counts = made(name).certificate.tools
    assert [tool for tool, count in counts.items() if not count.successes] == []
    demanding = {tool.name for tool in made(name).manifest.tools if tool.arguments}
    assert [tool for tool in demanding if not counts[tool].refusals] == []


@each
def test_it_is_a_rich_little_system(name: str, made: Callable[[str], Domain]) -> None:
    manifest = made(name).manifest
    assert len(manifest.tables) >= 5
    assert len(manifest.tools) >= 12
    assert sum(tool.contract is not None for tool in manifest.tools) == len(manifest.tools)
    assert sum(bool(rule.broken) for rule in manifest.rules) >= 3
    assert any(table.status for table in manifest.tables)


@each
def test_its_rules_hold_in_every_state_of_every_seed(name: str) -> None:
    for seed in SEEDS:
        draft = draft_vertical(name, seed)
        toolbox = Toolbox.compile(draft.source, draft.tools)
        for state, image in draft.states.items():
            with World(image, toolbox, now=draft.now) as world:
                for rule in draft.rules:
                    values = dict.fromkeys(named_in(rule.broken), draft.now)
                    sql, bound = positional(rule.broken or "SELECT 1 WHERE FALSE", values)
                    assert world.query(sql, *bound) == [], f"{rule.id} in {state} of seed {seed}"


@each
def test_every_rule_is_kept_or_can_be_asked_after(name: str, made: Callable[[str], Domain]) -> None:
    manifest = made(name).manifest
    idle = [rule.id for rule in manifest.rules if not (rule.tools or rule.broken)]
    assert idle == []
    known = {rule.id for rule in manifest.rules} | {""}
    contracts = [tool.contract for tool in manifest.tools if tool.contract is not None]
    assert {one.rule for contract in contracts for one in contract.requirements} <= known


@each
def test_two_builds_are_the_same_to_the_byte(name: str) -> None:
    first, again = load_vertical(name, trials=12), load_vertical(name, trials=12)
    assert again.states == first.states
    assert again.manifest == first.manifest
    assert again.policy == first.policy
    assert again.certificate == first.certificate


@each
def test_another_seed_gives_other_states(name: str) -> None:
    assert draft_vertical(name, 1).states != draft_vertical(name, 2).states


@each
def test_every_tool_comes_up_in_its_tasks(
    name: str, asked: Callable[[str], TaskOutcome], made: Callable[[str], Domain]
) -> None:
    tasks = asked(name).tasks
    assert len(tasks) == 60
    assert all(task.proof.holds for task in tasks)
    called = {call.tool for task in tasks for call in task.gold}
    assert [tool.name for tool in made(name).manifest.tools if tool.name not in called] == []


@each
def test_its_policy_tells_every_rule_and_what_needs_a_yes(
    name: str, made: Callable[[str], Domain]
) -> None:
    domain = made(name)
    assert [rule.id for rule in domain.manifest.rules if rule.text not in domain.policy] == []
    confirmed = [tool.name for tool in domain.manifest.tools if tool.ask and tool.ask.confirm]
    (line,) = [line for line in domain.policy.splitlines() if "wait for the user's yes" in line]
    assert [tool for tool in confirmed if tool not in line] == []


def test_a_name_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no vertical bakery.*The verticals are .*retail"):
        load_vertical("bakery")
