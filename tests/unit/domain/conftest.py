from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec

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
