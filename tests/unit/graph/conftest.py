"""Small pools of tools: a shop and a clinic, each with operations that feed one another."""

from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec

MakeTool = Callable[..., ToolSpec]


@pytest.fixture
def make_tool() -> MakeTool:
    """Makes a tool from its name, parameters ("orderId!" is required) and returned fields."""

    def make(
        name: str,
        parameters: str = "",
        returns: str = "",
        service: str = "acme.shop",
        **changes: Any,
    ) -> ToolSpec:
        names = parameters.split()
        schema = {
            "type": "object",
            "properties": {one.rstrip("!"): {"type": "string"} for one in names},
            "required": [one.rstrip("!") for one in names if one.endswith("!")],
        }
        fields: dict[str, Any] = {
            "id": f"{service}.{name}",
            "name": name,
            "provider": service.split(".")[0],
            "service": service,
            "service_title": service,
            "description": f"{name}.",
            "parameters": schema,
            "returns": _record(returns) if returns else None,
            "source": "functions",
            "licence": "MIT",
        }
        return ToolSpec(**{**fields, **changes})

    return make


def _record(fields: str) -> dict[str, Any]:
    return {"type": "object", "properties": {one: {"type": "string"} for one in fields.split()}}


@pytest.fixture
def shop(make_tool: MakeTool) -> list[ToolSpec]:
    """Orders of a shop; the same resource throughout."""
    return [
        make_tool("CancelOrder", "orderId! reason"),
        make_tool("CreateOrder", "customerName! note", "orderId note"),
        make_tool("DeleteOrder", "orderId!", "orderId"),
        make_tool("GetOrder", "orderId!", "orderId note"),
        make_tool("ListOrders", "customerName", "orderId note"),
        make_tool("UpdateOrder", "orderId! note", "orderId note"),
    ]


@pytest.fixture
def clinic(make_tool: MakeTool) -> list[ToolSpec]:
    """Patients of a clinic of another provider."""
    service = "health.clinic"
    return [
        make_tool("AdmitPatient", "patientId! ward!", "patientId ward", service),
        make_tool("CreatePatient", "birthDate! bloodType", "patientId", service),
        make_tool("DeletePatient", "patientId!", "", service),
        make_tool("GetPatient", "patientId!", "patientId bloodType", service),
        make_tool("ListPatients", "ward bloodType", "patientId bloodType", service),
    ]
