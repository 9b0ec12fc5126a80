"""Small API descriptions in the forms that the readers know, written to a temporary folder."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]
HERE = Path(__file__).parent


@pytest.fixture
def library_model() -> Document:
    """A service model in botocore's form: a lending library."""
    document: Document = json.loads((HERE / "library_model.json").read_text())
    return document


@pytest.fixture
def write_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes a service model the way botocore lays it out; returns the data folder."""

    def write(model: Document, service: str = "library", version: str = "2020-01-01") -> Path:
        path = tmp_path / "data" / service / version / "service-2.json.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress(json.dumps(model).encode()))
        return tmp_path / "data"

    return write


@pytest.fixture
def garden_document() -> Document:
    """A discovery document: gardens with beds."""
    document: Document = json.loads((HERE / "garden_document.json").read_text())
    return document


@pytest.fixture
def write_json(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Writes a value as JSON (a text as it is) under a name in the temporary folder."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write
