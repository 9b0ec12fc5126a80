"""A domain is tried where its tools may run, and a build counts faults where it is asked to."""

from dataclasses import replace

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain, build_domains
from agentscaler.domain.examine import examine
from agentscaler.domain.settings import DomainSettings
from agentscaler.errors import GuardError
from agentscaler.graph import build_graph
from agentscaler.world.jail import REQUIRED
from agentscaler.world.jailed import JailedToolbox
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.workers import probe

jail = pytest.mark.skipif(not probe().holding >= REQUIRED, reason="this machine offers no jail")


@jail
def test_the_certificate_is_the_same_wherever_the_tools_run(box_office: Domain) -> None:
    stranger = replace(box_office, trusted=False)
    assert isinstance(stranger.tools, JailedToolbox)
    assert isinstance(box_office.tools, Toolbox)
    assert examine(stranger, trials=20, seed=1) == examine(box_office, trials=20, seed=1)


@jail
def test_tools_that_nobody_vouches_for_are_compiled_by_workers_only(
    box_office: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = replace(box_office, trusted=False, source=f"import os\n{box_office.source}")

    def compiled(*_: object) -> None:
        raise AssertionError("compiled in this process")

    monkeypatch.setattr("agentscaler.world.toolbox.compile_functions", compiled)
    with pytest.raises(GuardError, match="import"):
        examine(stranger, trials=10)


def test_a_build_counts_seeded_faults_where_it_is_asked_to(
    box_office: Domain, box_office_tools: list[ToolSpec]
) -> None:
    assert box_office.certificate.faults == {}
    assert box_office.certificate.fault_share is None
    settings = DomainSettings(trials=20, faults=12)
    outcomes = build_domains(build_graph(box_office_tools), box_office_tools, settings)
    domain = next(outcome.domain for outcome in outcomes if outcome.domain is not None)
    faults = domain.certificate.faults
    assert sum(count.seeded for count in faults.values()) == 12
    assert len(faults) == 12, "as many kinds as there is room for"
    assert domain.certificate.fault_share is not None
    assert domain.certificate.fault_share > 0.9
    assert domain.certificate.holds
