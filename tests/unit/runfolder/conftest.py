"""A small stage: unit n writes n squares and a file of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from agentscaler.runfolder import Fingerprint, RunFolder

UNITS = 6


class Square(BaseModel):
    of: int
    is_: int


class InterruptError(Exception):
    """Stands for the end of the process in the middle of a unit."""


Work = Callable[..., None]


@pytest.fixture
def square() -> type[Square]:
    return Square


@pytest.fixture
def work() -> Work:
    """Runs the stage in a folder, up to a unit in which it is interrupted after writing."""

    def run(root: Path, fingerprint: Fingerprint, interrupt_in: int | None = None) -> None:
        folder = RunFolder.open(root, create=True)
        outputs = ("squares.jsonl", "sub/odd.jsonl")
        try:
            with folder.stage("squares", fingerprint, outputs, directories=("files",)) as stage:
                for unit in range(stage.done_units, UNITS):
                    squares = [Square(of=n, is_=n * n) for n in range(unit + 1)]
                    stage.write("squares.jsonl", squares)
                    stage.write("sub/odd.jsonl", [row for row in squares if row.is_ % 2])
                    stage.directory("files").joinpath(f"{unit}.txt").write_text(f"{unit}")
                    stage.count("out", len(squares))
                    if unit == interrupt_in:
                        raise InterruptError
                    stage.commit()
        except InterruptError:
            pass

    return run


@pytest.fixture
def fingerprint() -> Fingerprint:
    return Fingerprint(stage="squares", settings={"size": 1, "deep": {"a": 2}}, seed=3, code="c")


@pytest.fixture
def undisturbed(tmp_path: Path, work: Work, fingerprint: Fingerprint) -> Path:
    """The folder of a run that nothing disturbed."""
    root = tmp_path / "undisturbed"
    work(root, fingerprint)
    return root
