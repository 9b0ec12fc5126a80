import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tau2.data_model.tasks import Task
from tau2.environment.db import DB
from tau2.environment.environment import Environment
from tau2.environment.toolkit import ToolKitBase, ToolType, is_tool

_HOME = Path(__file__).parents[2]


class Ware(BaseModel):
    name: str
    price: float
    sold: bool = False
    buyers: list[str] = []


class StallDB(DB):
    wares: dict[str, Ware]
    takings: float = 0.0


class StallTools(ToolKitBase):
    db: StallDB

    @is_tool(ToolType.READ)
    def find(self, name: str) -> str:
        for ware_id, ware in self.db.wares.items():
            if ware.name == name:
                return ware_id
        raise ValueError(f"no {name}")

    @is_tool(ToolType.WRITE)
    def sell(self, ware_id: str, buyer: str) -> dict[str, Any]:
        ware = self.db.wares[ware_id]
        if ware.sold:
            raise ValueError(f"{ware_id} is sold")
        ware.sold = True
        ware.buyers.append(buyer)
        self.db.takings += ware.price
        return ware.model_dump()

    @is_tool(ToolType.WRITE)
    def remove(self, ware_id: str) -> str:
        return self.db.wares.pop(ware_id).name

    @is_tool(ToolType.WRITE)
    def add(self, ware_id: str, ware: dict[str, Any]) -> str:
        self.db.wares[ware_id] = Ware.model_validate(ware)
        return ware_id

    @is_tool(ToolType.READ)
    def peek(self, ware_id: str) -> str:
        """Says that it reads, and changes what it looks at."""
        ware = self.db.wares[ware_id]
        ware.price += 1
        return ware.name

    @is_tool(ToolType.WRITE)
    def crash(self) -> str:
        os._exit(7)


def _make(solo_mode: bool = False) -> Environment:
    return Environment(StallTools(StallDB.load(str(_HOME / "data/tau2/domains/stall/db.json"))))


def _tasks() -> list[Task]:
    return [
        Task.model_validate(
            {
                "id": identifier,
                "user_scenario": {"instructions": "Buy something."},
                "evaluation_criteria": {
                    "actions": [{"name": "sell", "arguments": {"ware_id": ware, "buyer": "ann"}}],
                    "communicate_info": told,
                },
            }
        )
        for identifier, ware, told in (("buy 3", "w3", ["3.5"]), ("buy 4", "w4", []))
    ]


class _Info:
    domains = ("stall",)
    task_sets = ("stall",)


class _Registry:
    def get_info(self) -> _Info:
        return _Info()

    def get_env_constructor(self, name: str) -> Any:
        return {"stall": _make}[name]

    def get_tasks_loader(self, name: str) -> Any:
        return {"stall": _tasks}[name]


registry = _Registry()
