"""Tasks with a wish that cannot be fulfilled."""

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.engine import LocalEngine
from agentscaler.task import SpecialKind, TaskSettings, construct_tasks
from agentscaler.task.proof import Prover
from agentscaler.task.special_proof import prove_special
from agentscaler.task.task import Attempt, Goal, Refusal, Task
from tests.unit.specials import of_kind, shop, special_tasks


@pytest.fixture(params=["shop", "box office"])
def domain(request: pytest.FixtureRequest, box_office: Domain) -> Domain:
    return shop() if request.param == "shop" else box_office


def _refused(task: Task) -> tuple[Goal, Refusal]:
    goal = next(goal for goal in task.goals if goal.refusal is not None)
    assert goal.refusal is not None
    return goal, goal.refusal


def _before(task: Task, goal: Goal) -> int:
    """How many gold calls come before the wish, its own reads among them."""
    place = task.goals.index(goal)
    return sum(len(earlier.calls) for earlier in task.goals[: place + 1])


def test_every_kind_comes_up(box_office: Domain) -> None:
    kinds = {task.special for task in (*special_tasks(shop()), *special_tasks(box_office))}

    assert kinds == set(SpecialKind)


def test_a_special_wish_alone_changes_nothing_and_calls_no_write(domain: Domain) -> None:
    alone = [task for task in special_tasks(domain) if len(task.goals) == 1]

    assert alone
    for task in alone:
        assert task.changeset == ()
        assert task.kind == "read"
        assert {call.effect for call in task.gold} <= {"read"}


def test_a_special_wish_may_stand_beside_one_that_is_fulfilled(domain: Domain) -> None:
    mixed = [task for task in special_tasks(domain) if len(task.goals) > 1]

    assert any(task.changeset for task in mixed)
    for task in mixed:
        assert [goal.refusal is None for goal in task.goals].count(False) == 1


def test_what_is_tried_is_refused_or_finds_nothing(domain: Domain) -> None:
    for task in special_tasks(domain):
        goal, refusal = _refused(task)
        assert refusal.attempts
        with domain.world(task.state) as world:
            for call in task.gold[: _before(task, goal)]:
                assert world.call(call.tool, call.arguments).ok
            before = world.state_hash()
            for attempt in refusal.attempts:
                result = world.call(attempt.tool, attempt.arguments)
                assert not result.ok or not any(result.value.values())
            assert world.state_hash() == before


def test_fulfilling_it_anyway_is_accepted_and_noticed(domain: Domain) -> None:
    tried = 0
    for task in special_tasks(domain):
        goal, refusal = _refused(task)
        for fulfilment in refusal.fulfilments:
            tried += 1
            with domain.world(task.state) as world:
                for call in task.gold[: _before(task, goal)]:
                    world.call(call.tool, call.arguments)
                before = world.state_hash()
                assert world.call(fulfilment.tool, fulfilment.arguments).ok
                assert world.state_hash() != before
    assert tried > len(special_tasks(domain)) / 2


def test_the_proof_counts_an_attempt_that_passes_and_a_fulfilment_that_ends_at_gold() -> None:
    domain = shop()
    task = next(task for task in of_kind(domain, SpecialKind.WRONG_FACT) if len(task.goals) == 1)
    goal, refusal = _refused(task)
    read = Attempt(tool="list_products", arguments={})
    bad = refusal.model_copy(
        update={"attempts": refusal.fulfilments, "fulfilments": (*refusal.fulfilments, read)}
    )
    goals = [goal.model_copy(update={"refusal": bad})]

    target = Prover(domain).target(task.state, task.gold)
    proof = prove_special(target, domain, task.gold, goals, task.proof)

    assert (proof.attempts, proof.attempts_fail) == (1, 0)
    assert (proof.fulfilments, proof.fulfilments_fail) == (2, 1)
    assert not proof.holds
    assert task.proof.holds


def test_a_wrong_fact_stands_in_no_table(domain: Domain) -> None:
    tasks = of_kind(domain, SpecialKind.WRONG_FACT)

    assert tasks
    for task in tasks:
        _, refusal = _refused(task)
        (tell,) = refusal.tells
        assert tell.said[0] in task.intent
        assert tell.said[0] in refusal.reason
        fact = next(fact for fact in task.facts if fact.value == tell.value)
        results = str([call.result for call in task.gold])
        assert str(fact.value) not in results
        with domain.world(task.state) as world:
            for table in domain.manifest.tables:
                if table.noun.replace(" ", "_") not in fact.name:
                    continue
                for column in table.columns:
                    rows = world.query(f'SELECT "{column.name}" AS value FROM "{table.name}"')
                    if fact.name == f"{table.noun.replace(' ', '_')}_{column.name}":
                        assert tell.value not in [row["value"] for row in rows]


def test_what_is_missing_is_no_fact_of_the_user(domain: Domain) -> None:
    tasks = of_kind(domain, SpecialKind.MISSING_FACT)

    assert tasks
    for task in tasks:
        _, refusal = _refused(task)
        assert refusal.missing
        assert refusal.missing not in [fact.label for fact in task.facts]
        (attempt,), (fulfilment,) = refusal.attempts, refusal.fulfilments
        assert attempt.arguments.items() < fulfilment.arguments.items()


def test_a_rule_that_forbids_it_is_told_with_what_a_read_shows() -> None:
    domain = shop()
    tasks = of_kind(domain, SpecialKind.AGAINST_POLICY)

    assert tasks
    for task in tasks:
        _, refusal = _refused(task)
        (attempt,) = refusal.attempts
        contract = domain.manifest.tool[attempt.tool].contract
        assert contract is not None
        required = [one.text for one in contract.requirements if one.text]
        rules = [rule.text for rule in domain.manifest.rules]
        assert any(text in refusal.reason for text in (*required, *rules))
        results = str([call.result for call in task.gold])
        for tell in refusal.tells:
            assert str(tell.value) in results or isinstance(tell.value, int)
            assert any(said in refusal.reason for said in tell.said)


def test_the_reason_is_the_rule_that_the_policy_tells(box_office: Domain) -> None:
    tasks = of_kind(box_office, SpecialKind.AGAINST_POLICY)

    assert tasks
    for task in tasks:
        _, refusal = _refused(task)
        rules = [_plain(box_office, rule.text) for rule in box_office.manifest.rules]
        assert any(refusal.reason.endswith(text) for text in rules)
        assert not any(tool.name in refusal.reason for tool in box_office.manifest.tools)


def _plain(domain: Domain, text: str) -> str:
    for tool in domain.manifest.tools:
        text = text.replace(f" with {tool.name}", "")
    return text.replace("_", " ")


def test_what_no_tool_does_needs_no_call(domain: Domain) -> None:
    tasks = of_kind(domain, SpecialKind.NO_TOOL)

    assert tasks
    for task in tasks:
        goal, refusal = _refused(task)
        assert goal.calls == ()
        assert all(one.tool not in domain.manifest.tool for one in refusal.attempts)
        assert refusal.deed in refusal.reason


def test_without_a_share_there_are_none_and_the_other_tasks_stay_as_they_are(
    box_office: Domain,
) -> None:
    def made(share: float) -> list[Task]:
        settings = TaskSettings(per_domain=30, special_share=share)
        (outcome,) = construct_tasks([box_office], settings)
        return outcome.tasks

    none, some = made(0.0), made(0.2)

    assert not any(task.special for task in none)
    assert 2 <= sum(task.special is not None for task in some) <= 12
    assert some == made(0.2)


def test_processes_and_runs_give_the_same_tasks(box_office: Domain) -> None:
    settings = TaskSettings(per_domain=12, special_share=1.0)
    domains = [box_office, shop()]

    one = list(construct_tasks(domains, settings))
    two = list(construct_tasks(domains, settings, engine=LocalEngine(2)))

    assert one == two
    assert [task for outcome in one for task in outcome.tasks] != []


def test_a_walk_with_a_special_wish_keeps_its_limit(box_office: Domain) -> None:
    settings = TaskSettings(per_domain=20, special_share=1.0, max_calls=1)
    (outcome,) = construct_tasks([box_office], settings)

    assert outcome.tasks
    assert all(len(task.gold) <= 1 for task in outcome.tasks)
