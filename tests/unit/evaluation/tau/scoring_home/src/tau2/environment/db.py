import hashlib
import json
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel


def get_dict_hash(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


class DB(BaseModel):
    @classmethod
    def load(cls, path: str) -> Self:
        _count("loads.txt")
        return cls.model_validate(json.loads(Path(path).read_text()))

    def get_hash(self) -> str:
        _count("hashes.txt")
        return get_dict_hash(self.model_dump())


def _count(name: str) -> None:
    with (Path(__file__).parents[3] / name).open("a") as file:
        file.write("once\n")
