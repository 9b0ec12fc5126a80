"""Stages and records for the parts of the command line that show them."""

import io

import pytest
from rich.console import Console

from agentscaler.runfolder import Fingerprint, StageRecord


@pytest.fixture
def console() -> Console:
    """Writes into memory: `console.file.getvalue()`."""
    return Console(file=io.StringIO(), width=110, highlight=False)


@pytest.fixture
def record() -> StageRecord:
    counters = {"in": 2500, "out": 2400, "rejected:duplicate": 30, "rejected:bad_schema": 70}
    return StageRecord(
        complete=True,
        fingerprint=Fingerprint(stage="pool"),
        units=1,
        counters=counters,
        seconds=1.25,
    )
