"""Certificates by contract: tools are held against what they promise, jailed ones too."""

import sys
from pathlib import Path
from typing import Any

import pytest

from agentscaler.domain.certificate import Certificate, Check, ToolFailure
from agentscaler.domain.certify import certify
from agentscaler.domain.rule import Pattern, Rule
from agentscaler.errors import GuardError
from agentscaler.world.contract import Answer
from agentscaler.world.jail import REQUIRED, JailError
from agentscaler.world.jailed import JailedToolbox
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.trials import Draw, ToolTrial
from agentscaler.world.workers import Workers, probe

sys.path.append(str(Path(__file__).parents[1]))
import bank

ACCOUNT = Draw("reference", "accounts", "account_id")
BANK_TRIALS = [
    ToolTrial("get_account", {"account_id": ACCOUNT}, table="accounts"),
    ToolTrial(
        "list_accounts",
        {"owner": Draw("filter", "accounts", "owner", pool=("Zoe",))},
        table="accounts",
    ),
    ToolTrial(
        "move_money",
        {
            "payer_id": ACCOUNT,
            "payee_id": ACCOUNT,
            "amount": Draw("value", pool=(5, 50, 500)),
        },
        table="transfers",
    ),
    ToolTrial("undo_transfer", {}, table="transfers"),
    ToolTrial("close_accounts", {"account_ids": ACCOUNT}, table="accounts"),
]
BANK_STATES = {"small": bank.image(), "large": bank.image(20)}
COVERED = Rule(
    id="balance/accounts",
    pattern=Pattern.BALANCE,
    table="accounts",
    text="No account is overdrawn.",
    broken="SELECT account_id FROM accounts WHERE balance < 0",
)


def banked(
    source: str = bank.SOURCE,
    tools: tuple[ToolDefinition, ...] = bank.TOOLS,
    *,
    rules: tuple[Rule, ...] = (COVERED,),
    trials: int = 100,
    **more: Any,
) -> tuple[Certificate, list[ToolFailure]]:
    toolbox = Toolbox.compile(source, tools)
    return certify(toolbox, BANK_STATES, bank.NOW, BANK_TRIALS, rules=rules, trials=trials, **more)


def test_sound_tools_keep_their_contracts() -> None:
    certificate, failures = banked()
    assert failures == []
    assert set(certificate.checks) >= bank.BY_CONTRACT - {Check.CONTRACT_RUNS}
    for name in ("move_money", "undo_transfer"):
        count = certificate.tools[name]
        assert count.successes > count.trials / 2, name
    assert certificate.write_success is not None
    assert certificate.write_success > 0.5


def with_contract(name: str, **changes: Any) -> tuple[ToolDefinition, ...]:
    """The bank's tools, one of which promises something else."""

    def changed(definition: ToolDefinition) -> ToolDefinition:
        assert definition.contract is not None
        contract = definition.contract.model_copy(update=changes)
        return definition.model_copy(update={"contract": contract})

    return tuple(changed(one) if one.name == name else one for one in bank.TOOLS)


SLIPS = {
    "a guard off by one": (
        '    if payer["balance"] < amount:',
        '    if payer["balance"] <= amount:',
        Check.ACCEPTS_THE_MET,
    ),
    "a guard that is not there": (
        "    if payer_id == payee_id:",
        "    if False:",
        Check.REFUSES_THE_UNMET,
    ),
    "a change that is lost": (
        "SET balance = balance + ? WHERE",
        "SET balance = balance + 0 * ? WHERE",
        Check.CHANGES_AS_PROMISED,
    ),
    "a change of other rows": (
        "SET status = 'closed' WHERE account_id = ?",
        "SET status = 'closed' WHERE account_id >= ?",
        Check.CHANGES_AS_PROMISED,
    ),
    "an answer of other rows": (
        "(? IS NULL OR owner = ?)",
        "(? IS NULL OR owner >= ?)",
        Check.ANSWERS_AS_PROMISED,
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_against_the_contract_is_caught(slip: str) -> None:
    right, wrong, check = SLIPS[slip]
    assert right in bank.SOURCE
    _, failures = banked(bank.SOURCE.replace(right, wrong))
    assert check in {failure.check for failure in failures}


def test_a_contract_whose_sql_does_not_run_is_told_apart_from_a_faulty_tool() -> None:
    tools = with_contract("get_account", answer=Answer(sql="SELECT nothing FROM accounts"))
    _, failures = banked(tools=tools)
    assert [(one.tool, one.check) for one in failures] == [("get_account", Check.CONTRACT_RUNS)]


def test_a_rule_that_a_tool_and_its_contract_break_together_is_caught() -> None:
    requirements = [one for one in bank.MOVE.requirements if ":amount" not in one.condition]
    source = bank.SOURCE.replace('    if payer["balance"] < amount:', "    if False:")
    _, failures = banked(source, with_contract("move_money", requirements=tuple(requirements)))
    assert ("move_money", Check.RULES_HOLD) in {(one.tool, one.check) for one in failures}


def test_a_state_that_breaks_a_rule_is_nobodys_fault_but_its_own() -> None:
    rich = COVERED.model_copy(update={"broken": "SELECT 1 FROM accounts WHERE balance > 300"})
    _, failures = banked(rules=(rich,))
    assert ("", Check.RULES_HOLD) in {(one.tool, one.check) for one in failures}


def test_looking_for_one_failure_stops_at_the_first() -> None:
    source = bank.SOURCE.replace('    if payer["balance"] < amount:', "    if False:")
    whole, _ = banked(source)
    certificate, failures = banked(source, focus={"move_money"})
    assert len(failures) == 1
    assert sum(one.trials for one in certificate.tools.values()) < (
        sum(one.trials for one in whole.tools.values()) / 2
    )


jail = pytest.mark.skipif(not probe().holding >= REQUIRED, reason="this machine offers no jail")


@jail
def test_jailed_tools_earn_the_certificate_that_they_would_earn_here() -> None:
    with Workers(1) as workers:
        jailed = JailedToolbox(bank.SOURCE, bank.TOOLS, workers)
        there = certify(jailed, BANK_STATES, bank.NOW, BANK_TRIALS, rules=(COVERED,), trials=40)
    assert there == banked(trials=40)


@jail
def test_jailed_tools_are_never_compiled_here() -> None:
    with Workers(1) as workers:
        jailed = JailedToolbox("import os", [], workers)
        with pytest.raises(GuardError, match="import"):
            certify(jailed, BANK_STATES, bank.NOW, [])


@pytest.mark.parametrize("operation", ["rows", "written", "changeset", "broken_references"])
def test_a_jailed_world_that_lies_costs_its_tool_the_certificate(operation: str) -> None:
    entry = (
        f"import sys; sys.path.append({str(Path(__file__).parents[1] / 'world')!r});"
        " import lying_worker; from functools import partial;"
        f" answers = {{'written': '[\"done\", 0]', 'call': '[\"done\", {{}}, []]',"
        f" 'changeset': '[\"done\", []]', {operation!r}: '[\"done\", {{}}]'}};"
        " main = partial(lying_worker.main, lies=answers)"
    )
    tools = [one.model_copy(update={"contract": None}) for one in bank.TOOLS]
    with Workers(1, entry=entry, required=()) as workers:
        jailed = JailedToolbox(bank.SOURCE, tools, workers)
        _, failures = certify(jailed, BANK_STATES, bank.NOW, BANK_TRIALS, trials=20)
    assert failures


def test_where_there_is_no_jail_tools_of_others_are_refused() -> None:
    entry = (
        f"import sys; sys.path.append({str(Path(__file__).parents[1] / 'world')!r});"
        " import lying_worker; from functools import partial;"
        " main = partial(lying_worker.main, lies={})"
    )
    with Workers(1, entry=entry) as workers:
        jailed = JailedToolbox(bank.SOURCE, bank.TOOLS, workers)
        with pytest.raises(JailError, match="may run in a jail only"):
            certify(jailed, BANK_STATES, bank.NOW, BANK_TRIALS)
