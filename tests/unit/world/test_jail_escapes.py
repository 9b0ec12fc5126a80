"""Each attack meets each layer alone, and then all of them together."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import GuardError
from agentscaler.world.database import create_image
from agentscaler.world.jail import JailError, JailLimits
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.toolbox import ToolDefinition
from agentscaler.world.workers import Workers
from agentscaler.world.world import Breach, ContractError

sys.path.append(str(Path(__file__).parent))
from escapes import ESCAPES, Escape

NOW = "2026-03-01T09:00:00Z"
LIMITS = JailLimits(memory_mb=300, seconds=0.2, grace=0.4)
IMAGE = create_image(
    """
    CREATE TABLE notes (note_id INTEGER PRIMARY KEY, text TEXT) STRICT;
    CREATE TABLE _audit (entry TEXT PRIMARY KEY) STRICT;
    """,
    {"notes": [{"note_id": n, "text": f"note {n}"} for n in range(40)]},
)
BYSTANDER = """
def add(db, text):
    db.run("INSERT INTO notes VALUES (NULL, ?)", text)
    return db.one("SELECT count(*) AS notes FROM notes")
"""
"""The tool of a world that shares the worker, and must not notice."""


def definition(name: str, *parameters: str, writes: tuple[str, ...] = ()) -> ToolDefinition:
    return ToolDefinition(
        name=name,
        description=name,
        parameters={
            "type": "object",
            "properties": {name: {"type": "string"} for name in parameters},
            "required": list(parameters),
            "additionalProperties": False,
        },
        returns={},
        effect="write" if writes else "read",
        writes=writes,
    )


class Host:
    """What attacks are after."""

    def __init__(self, folder: Path) -> None:
        self.secret = folder / "secret"
        self.canary = folder / "canary"
        self.restore()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def restore(self) -> None:
        self.canary.unlink(missing_ok=True)
        self.secret.write_text("secret")

    def aim(self, source: str) -> str:
        names = {"SECRET": self.secret, "CANARY": self.canary, "PORT": self.port}
        for name, value in names.items():
            source = source.replace(name, str(value))
        return source

    def is_whole(self) -> bool:
        return (
            self.secret.exists()
            and self.secret.read_text() == "secret"
            and not self.canary.exists()
        )


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    yield host
    host.listener.close()


def _loosened(layers: tuple[str, ...]) -> dict[str, Any]:
    if not layers:
        return {}
    entry = (
        f"sys.path.append({str(Path(__file__).parent)!r}); import functools, loose_worker;"
        f" main = functools.partial(loose_worker.main, layers=frozenset({layers!r}))"
    )
    return {"entry": entry, "required": ()}


class Arena:
    """Workers with some layers in place, and a bystander in them."""

    def __init__(self, *layers: str) -> None:
        self.workers = Workers(1, limits=LIMITS, **_loosened(layers))
        tools = [definition("add", "text", writes=("notes",))]
        guarded = JailedToolbox(BYSTANDER, tools, self.workers)
        self.bystander = JailedWorld(IMAGE, guarded, now=NOW)
        self.bystander.call("add", {"text": "before"})
        self._state = self.bystander.state_hash()

    def lets_through(self, escape: Escape, host: Host) -> bool:
        """Whether the attack got what it wanted, hung, or harmed the bystander."""
        tools = JailedToolbox(host.aim(escape.source), [definition("attack")], self.workers)
        try:
            with JailedWorld(IMAGE, tools, now=NOW) as world:
                for _ in range(escape.calls):
                    result = world.call("attack", {})
                got = result.value == "escaped" or world.changeset() != ()
        except GuardError:
            got = False
        except ContractError as error:
            got = error.breach is Breach.EXHAUSTED and "in time" in error.cause
            got = got and self.workers.report().holding == frozenset()
        if self.is_whole():
            return got
        self.workers.close()  # the next request plays the bystander again, in a new worker
        return True

    def is_whole(self) -> bool:
        """Whether the bystander's state is what it was, and it can still be worked with."""
        if self.bystander.state_hash() != self._state:
            return False
        rows = self.bystander.query("SELECT count(*) AS n FROM notes")
        with self.bystander.fork() as twin:
            return rows == [{"n": 41}] and twin.call("add", {"text": "x"}).value == {"notes": 42}


def arena(*layers: str) -> Iterator[Arena]:
    try:
        arena = Arena(*layers)
    except JailError:
        pytest.skip("this machine offers no jail; test_jail.py tests the refusal")
    yield arena
    arena.workers.close()


@pytest.fixture(scope="module")
def composed() -> Iterator[Arena]:
    yield from arena()


@pytest.fixture(scope="module")
def jail() -> Iterator[Arena]:
    yield from arena("jail")


@pytest.fixture(scope="module")
def guard() -> Iterator[Arena]:
    yield from arena("guard")


@pytest.fixture(scope="module")
def naked() -> Iterator[Arena]:
    yield from arena("none")


@pytest.fixture(scope="module")
def gate() -> Iterator[Arena]:
    yield from arena("gate")


def by_name(escape: Escape) -> str:
    return f"{escape.kind}: {escape.name}"


every_escape = pytest.mark.parametrize("escape", ESCAPES, ids=by_name)


@every_escape
def test_all_layers_together_stop_it(escape: Escape, composed: Arena, host: Host) -> None:
    assert not composed.lets_through(escape, host)
    assert host.is_whole()


@every_escape
def test_the_jail_alone(escape: Escape, jail: Arena, host: Host) -> None:
    assert jail.lets_through(escape, host) == ("jail" in escape.passes)
    assert host.is_whole()


@every_escape
def test_the_guard_alone(escape: Escape, guard: Arena, host: Host) -> None:
    assert guard.lets_through(escape, host) == ("guard" in escape.passes)
    host.restore()


@pytest.mark.parametrize("escape", [e for e in ESCAPES if e.is_sql], ids=by_name)
def test_the_gate_alone(escape: Escape, gate: Arena, host: Host) -> None:
    assert gate.lets_through(escape, host) == ("gate" in escape.passes)
    assert host.is_whole()


HARMLESS = (
    *("imports", "frames", "format strings", "metaclasses", "decorators", "generators", "files"),
    *("sockets", "processes", "environment", "clock and randomness", "state between calls"),
)


@pytest.mark.parametrize("escape", [e for e in ESCAPES if e.kind in HARMLESS], ids=by_name)
def test_without_any_layer_it_gets_through(escape: Escape, host: Host, naked: Arena) -> None:
    """So the other tests say something: it is a layer that stops it, not a slip in the attack."""
    assert naked.lets_through(escape, host)
    host.restore()


def test_the_table_in_the_docs_counts_what_each_layer_stops() -> None:
    lines = []
    for kind in dict.fromkeys(escape.kind for escape in ESCAPES):
        of_kind = [escape for escape in ESCAPES if escape.kind == kind]
        gate = "-" if kind != "SQL" else stopped_by("gate", of_kind)
        cells = (
            kind,
            len(of_kind),
            stopped_by("guard", of_kind),
            stopped_by("jail", of_kind),
            gate,
        )
        lines.append(f"| {' | '.join(map(str, cells))} | {len(of_kind)} |")
    page = (Path(__file__).parents[3] / "docs" / "isolation.md").read_text()
    assert "\n".join(lines) in page, "\n".join(lines)


def stopped_by(layer: str, escapes: list[Escape]) -> int:
    return sum(layer not in escape.passes for escape in escapes)


def test_the_battery_is_large_and_names_are_unique() -> None:
    assert len({by_name(escape) for escape in ESCAPES}) == len(ESCAPES) >= 60
    assert os.environ  # what "environment: variables" is after
