"""Small domains made from descriptions written in the tests."""

from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain

MakeCall = Callable[..., ToolSpec]


@pytest.fixture
def call() -> MakeCall:
    """Makes one operation of a web API: `call("GET", "/users/{id}", body="name", gives="id name")`.

    `gives` are the fields of the record returned, `many` says that a list of them is.
    """

    def make(
        method: str,
        path: str,
        *,
        name: str = "",
        body: str = "",
        gives: str = "",
        many: bool = False,
    ) -> ToolSpec:
        keys = [piece.split("}")[0] for piece in path.split("{")[1:]]
        properties: dict[str, Any] = {key: {"type": "string", "x-in": "path"} for key in keys}
        properties |= {field: {"type": "string", "x-in": "body"} for field in body.split()}
        record = {
            "type": "object",
            "properties": {field: {"type": "string"} for field in gives.split()},
        }
        returns = {"type": "array", "items": record} if many else record
        name = name or f"{method.lower()}{len(path)}"
        return ToolSpec(
            id=f"acme.desk.{method}.{path}",
            name=name,
            provider="acme",
            service="acme.desk",
            service_title="Desk",
            description="",
            parameters={"type": "object", "properties": properties, "required": keys},
            returns=returns if gives else None,
            method=method,
            path=path,
            source="openapi",
            licence="",
        )

    return make


@pytest.fixture(scope="session")
def build(one_domain: Callable[[list[ToolSpec]], Domain]) -> Callable[..., Domain]:
    """Makes the domain of the operations of some resources."""

    def made(*resources: list[ToolSpec]) -> Domain:
        tools = sorted((tool for one in resources for tool in one), key=lambda tool: tool.id)
        domain = one_domain(tools)
        assert domain.certificate.holds
        return domain

    return made
