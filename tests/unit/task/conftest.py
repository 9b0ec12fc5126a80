"""Domains with one line of their tools changed, and one with tools that take lists of keys."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain


@pytest.fixture(scope="session")
def altered() -> Callable[[Domain, str, str], Domain]:
    """Makes a domain whose source has `new` in the place of `old`."""

    def made(domain: Domain, old: str, new: str) -> Domain:
        assert domain.source.count(old) == 1, domain.source.count(old)
        return replace(domain, source=domain.source.replace(old, new))

    return made


@pytest.fixture(scope="session")
def bulk(box_office_tools: list[ToolSpec], one_domain: Callable[..., Domain]) -> Domain:
    """The box office with tools that take a list of keys."""
    return one_domain(
        [*box_office_tools, *(_batch(box_office_tools, v) for v in ("Get", "Delete"))]
    )


def _batch(tools: list[ToolSpec], verb: str) -> ToolSpec:
    one = next(tool for tool in tools if tool.name == f"{verb}Venue")
    keys = {"type": "array", "items": {"type": "string"}}
    parameters = {"type": "object", "properties": {"venueIds": keys}, "required": ["venueIds"]}
    name = f"Batch{verb}Venues"
    changed = {"id": f"{one.id}.{name}", "name": name, "parameters": parameters}
    return one.model_copy(update=changed)
