"""Small domains made from descriptions written in the tests."""

from collections.abc import Callable

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain


@pytest.fixture(scope="session")
def build(one_domain: Callable[[list[ToolSpec]], Domain]) -> Callable[..., Domain]:
    """Makes the domain of the operations of some resources."""

    def made(*resources: list[ToolSpec]) -> Domain:
        tools = sorted((tool for one in resources for tool in one), key=lambda tool: tool.id)
        domain = one_domain(tools)
        assert domain.certificate.holds
        return domain

    return made
