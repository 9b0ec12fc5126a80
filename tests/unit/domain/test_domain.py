"""Where the tools of a domain run."""

from dataclasses import replace

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.world.jail import REQUIRED, JailError
from agentscaler.world.jailed import JailedWorld
from agentscaler.world.workers import probe


def made_by(engine: str, domain: Domain) -> Domain:
    return replace(domain, manifest=domain.manifest.model_copy(update={"engine": engine}))


def test_tools_that_the_rules_made_run_in_this_process(library: Domain) -> None:
    with library.world("main") as world:
        assert not isinstance(world, JailedWorld)


def test_other_tools_run_in_a_jail_or_not_at_all(library: Domain) -> None:
    if not probe().holding >= REQUIRED:
        with pytest.raises(JailError):
            made_by("llm", library).world("main")
        return
    with made_by("llm", library).world("main") as jailed, library.world("main") as here:
        assert isinstance(jailed, JailedWorld)
        tool = next(tool.name for tool in library.manifest.tools if tool.effect == "read")
        assert jailed.call(tool, {}) == here.call(tool, {})


def test_tools_that_somebody_vouches_for_run_in_this_process(library: Domain) -> None:
    with replace(made_by("llm", library), trusted=True).world("main") as world:
        assert not isinstance(world, JailedWorld)
