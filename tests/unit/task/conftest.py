"""Domains with one line of their tools changed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agentscaler.domain import Domain


@pytest.fixture(scope="session")
def altered() -> Callable[[Domain, str, str], Domain]:
    """Makes a domain whose source has `new` in the place of `old`."""

    def made(domain: Domain, old: str, new: str) -> Domain:
        assert domain.source.count(old) == 1, domain.source.count(old)
        return replace(domain, source=domain.source.replace(old, new))

    return made
