"""Certificates: sound tools earn one, and each fault is caught by its check.

Rooms and their bookings have no contracts, so that what is known without is tried.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agentscaler.domain.certificate import UNCERTIFIED, Certificate, Check, ToolFailure
from agentscaler.domain.certify import certify
from agentscaler.errors import ToolError
from agentscaler.world.database import create_image
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.trials import Draw, ReadBack, ToolTrial

sys.path.append(str(Path(__file__).parents[1]))
import bank

NOW = "2026-03-01T09:00:00Z"

SCHEMA = """
CREATE TABLE rooms (
    room_id TEXT PRIMARY KEY, name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('free', 'closed')), seats INTEGER
) STRICT;
CREATE TABLE bookings (
    booking_id TEXT PRIMARY KEY, room_id TEXT NOT NULL REFERENCES rooms (room_id), day TEXT
) STRICT;
"""

SOUND = """
def find_room(db, room_id):
    room = db.one("SELECT * FROM rooms WHERE room_id = ?", room_id)
    if room is None:
        raise ToolError(f"room {room_id} not found")
    return room

def get_room(db, room_id):
    return find_room(db, room_id)

def get_booking(db, booking_id):
    row = db.one("SELECT * FROM bookings WHERE booking_id = ?", booking_id)
    if row is None:
        raise ToolError(f"booking {booking_id} not found")
    return row

def list_bookings(db, room_id, day=None):
    find_room(db, room_id)
    rows = db.all("SELECT * FROM bookings WHERE room_id = ? ORDER BY booking_id", room_id)
    return {"bookings": [row for row in rows if day is None or row["day"] == day]}

def book_room(db, room_id, day):
    if find_room(db, room_id)["status"] != "free":
        raise ToolError("the room is closed")
    booking_id = db.new_id("bookings")
    db.run("INSERT INTO bookings VALUES (?, ?, ?)", booking_id, room_id, day)
    return {"booking_id": booking_id}

def close_room(db, room_id):
    if find_room(db, room_id)["status"] != "free":
        raise ToolError("the room is closed already")
    db.run("UPDATE rooms SET status = 'closed' WHERE room_id = ?", room_id)
    return find_room(db, room_id)

def cancel_booking(db, booking_id, room_id):
    row = db.one("SELECT * FROM bookings WHERE booking_id = ?", booking_id)
    if row is None or row["room_id"] != room_id:
        raise ToolError(f"room {room_id} has no booking {booking_id}")
    db.run("DELETE FROM bookings WHERE booking_id = ?", booking_id)
    return {"booking_id": booking_id, "cancelled": True}
"""

DAY = {"type": "string", "format": "date"}
TEXT = {"type": "string"}


def tool(name: str, properties: Mapping[str, Any], *writes: str, **more: Any) -> ToolDefinition:
    optional = more.pop("optional", ())
    return ToolDefinition(
        name=name,
        description=name,
        parameters={
            "type": "object",
            "properties": dict(properties),
            "required": [p for p in properties if p not in optional],
            "additionalProperties": False,
        },
        returns=more.pop("returns", {"type": "object"}),
        effect="write" if writes else "read",
        writes=writes,
    )


TOOLS = [
    tool("get_room", {"room_id": TEXT}),
    tool("get_booking", {"booking_id": TEXT}),
    tool("list_bookings", {"room_id": TEXT, "day": DAY}, optional=("day",)),
    tool("book_room", {"room_id": TEXT, "day": DAY}, "bookings"),
    tool("close_room", {"room_id": TEXT}, "rooms"),
    tool("cancel_booking", {"booking_id": TEXT, "room_id": TEXT}, "bookings"),
]

ROOM = Draw("key", "rooms", "room_id")
TRIALS = [
    ToolTrial("get_room", {"room_id": ROOM}, table="rooms"),
    ToolTrial(
        "get_booking", {"booking_id": Draw("key", "bookings", "booking_id")}, table="bookings"
    ),
    ToolTrial(
        "list_bookings",
        {
            "room_id": Draw("reference", "rooms", "room_id"),
            "day": Draw("value", pool=("2026-05-01",)),
        },
    ),
    ToolTrial("book_room", {"room_id": ROOM, "day": Draw("value")}, table="rooms"),
    ToolTrial(
        "close_room",
        {"room_id": ROOM},
        ReadBack("get_room", {"room_id": "room_id"}),
        table="rooms",
    ),
    ToolTrial(
        "cancel_booking",
        {
            "booking_id": Draw("key", "bookings", "booking_id"),
            "room_id": Draw("key", "bookings", "room_id"),
        },
        ReadBack("get_booking", {"booking_id": "booking_id"}, gone=True),
        table="bookings",
    ),
]


def state(rooms: int) -> bytes:
    return create_image(
        SCHEMA,
        {
            "rooms": [
                {
                    "room_id": f"room-{n:08d}",
                    "name": f"Room {n}",
                    "status": "free" if n % 4 == 0 else "closed",
                    "seats": n,
                }
                for n in range(rooms)
            ],
            "bookings": [
                {
                    "booking_id": f"booking-{n:08d}",
                    "room_id": f"room-{n % rooms:08d}",
                    "day": "2026-05-01",
                }
                for n in range(2 * rooms)
            ],
        },
    )


STATES = {"small": state(4), "large": state(40)}


def certified(
    source: str = SOUND,
    tools: list[ToolDefinition] = TOOLS,
    plans: list[ToolTrial] = TRIALS,
    **more: Any,
) -> tuple[Certificate, list[ToolFailure]]:
    more.setdefault("trials", 60)
    return certify(Toolbox.compile(source, tools), STATES, NOW, plans, **more)


def test_sound_tools_earn_a_certificate() -> None:
    certificate, failures = certified()
    assert failures == []
    assert certificate.holds
    assert certificate.states == ("large", "small")
    assert set(certificate.checks) == set(Check) - bank.BY_CONTRACT
    for count in certificate.tools.values():
        assert count.successes
        assert count.refusals
        assert count.trials == count.successes + count.refusals >= 60


def test_what_was_not_tried_does_not_hold() -> None:
    assert not UNCERTIFIED.holds


def test_the_same_seed_gives_the_same_certificate() -> None:
    assert certified(seed=3) == certified(seed=3)
    assert certified(seed=3)[0] != certified(seed=4)[0]


def test_ten_trials_a_tool_already_make_every_check() -> None:
    certificate, failures = certified(trials=10)
    assert failures == []
    assert set(certificate.checks) == set(Check) - bank.BY_CONTRACT


def test_a_certificate_survives_json() -> None:
    certificate, _ = certified()
    assert Certificate.model_validate_json(certificate.model_dump_json()) == certificate


GUARDED = """\
    if db.one("SELECT 1 FROM rooms WHERE room_id = ?", room_id) is None:
        raise ToolError("no")
"""
NAMED = GUARDED.replace('"no"', 'f"no room {room_id}"')

FAULTS = {
    "a read that writes": (
        NAMED + '    db.run("UPDATE rooms SET seats = 9")\n    return {}',
        (),
        Check.WRITES_WHERE_DECLARED,
    ),
    "a write to another table": (
        NAMED + '    db.run("UPDATE bookings SET day = room_id")\n    return {}',
        ("rooms",),
        Check.WRITES_WHERE_DECLARED,
    ),
    "a crash on an unknown key": (
        '    row = db.one("SELECT * FROM rooms WHERE room_id = ?", room_id)\n'
        '    return {"name": row["name"]}',
        (),
        Check.ONLY_TOOL_ERRORS,
    ),
    "an unknown key that is ignored": (
        '    return {"rows": db.all("SELECT * FROM rooms WHERE room_id = ?", room_id)}',
        (),
        Check.REFUSES_UNKNOWN,
    ),
    "a refusal that does not say which key is unknown": (
        GUARDED + "    return {}",
        (),
        Check.NAMES_UNKNOWN,
    ),
    "a result that is not JSON": (NAMED + "    return {1, 2}", (), Check.RESULT_FITS),
    "a result that is not what was declared": (
        NAMED + "    return [1]",
        (),
        Check.RESULT_FITS,
    ),
    "a write that does nothing": (
        NAMED
        + '    db.run("UPDATE rooms SET seats = seats WHERE room_id = ?", room_id)\n    return {}',
        ("rooms",),
        Check.WRITE_CHANGES_STATE,
    ),
    "a refusal that is swallowed": (
        NAMED
        + '    try:\n        db.run("UPDATE rooms SET seats = 7 WHERE room_id = ?", room_id)\n'
        + "        db.run(\"UPDATE rooms SET status = 'gone' WHERE room_id = ?\", room_id)\n"
        + "    except Exception:\n        pass\n    return {}",
        ("rooms",),
        Check.ONLY_TOOL_ERRORS,
    ),
    "an endless loop": (NAMED + "    while True:\n        pass", (), Check.ONLY_TOOL_ERRORS),
    "a tool that always refuses": ('    raise ToolError("no")', (), Check.SUCCEEDS),
    "broken SQL": (
        NAMED + '    return db.one("SELECT nope FROM rooms")',
        (),
        Check.ONLY_TOOL_ERRORS,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught_by_its_check(fault: str) -> None:
    body, writes, check = FAULTS[fault]
    tools = [*TOOLS, tool("faulty", {"room_id": TEXT}, *writes)]
    trials = [*TRIALS, ToolTrial("faulty", {"room_id": ROOM}, table="rooms")]
    certificate, failures = certified(f"{SOUND}\ndef faulty(db, room_id):\n{body}\n", tools, trials)
    assert ("faulty", check) in {(failure.tool, failure.check) for failure in failures}
    assert {failure.tool for failure in failures} == {"faulty"}
    assert certificate.checks[check].failures
    assert not certificate.holds


def test_state_kept_between_calls_is_caught_by_the_workers() -> None:
    source = """
def faulty(db, room_id):
    if db.one("SELECT 1 FROM rooms WHERE room_id = ?", room_id) is None:
        raise ToolError(f"no room {room_id}")
    return {"calls": 1}
"""
    definition = tool("faulty", {"room_id": TEXT})
    sound = Toolbox.compile(source, [definition])
    calls: list[str] = []

    def faulty(db: Any, room_id: str) -> dict[str, int]:
        if db.one("SELECT 1 FROM rooms WHERE room_id = ?", room_id) is None:
            raise ToolError(f"no room {room_id}")
        calls.append(room_id)
        return {"calls": len(calls)}

    toolbox = Toolbox(source, [definition], {"faulty": faulty}, sound.budget)
    trials = [ToolTrial("faulty", {"room_id": ROOM}, table="rooms")]
    _, failures = certify(toolbox, STATES, NOW, trials)
    assert [failure.check for failure in failures] == [Check.WORKERS_AGREE]
    assert '["done",{"calls":1}], not ["done",{"calls":2}]' in failures[0].detail


def test_a_failure_says_check_cause_and_case() -> None:
    tools = [tool("get_room", {"room_id": TEXT})]
    source = "def get_room(db, room_id):\n    return {}[room_id]"
    _, failures = certified(source, tools, [TRIALS[0]])
    assert str(failures[0]).startswith("only_tool_errors: KeyError at line 2: ")
    assert '{"room_id":"room-0' in str(failures[0])


def test_dropping_the_tools_that_failed_leaves_a_sound_domain() -> None:
    body, writes, _ = FAULTS["a read that writes"]
    source = f"{SOUND}\ndef faulty(db, room_id):\n{body}\n"
    tools = [*TOOLS, tool("faulty", {"room_id": TEXT}, *writes)]
    trial = ToolTrial("faulty", {"room_id": ROOM}, table="rooms")
    _, failures = certified(source, tools, [*TRIALS, trial])
    failed = {failure.tool for failure in failures}
    kept = [definition for definition in tools if definition.name not in failed]
    assert certified(source, kept)[0].holds


@pytest.mark.parametrize(
    ("right", "wrong", "blamed", "check"),
    [
        (
            "UPDATE rooms SET status = 'closed' WHERE room_id = ?",
            "UPDATE rooms SET seats = seats + 1 WHERE room_id = ?",
            "close_room",
            Check.READS_BACK,
        ),
        (
            "DELETE FROM bookings WHERE booking_id = ?",
            "UPDATE bookings SET day = NULL WHERE booking_id = ?",
            "cancel_booking",
            Check.GONE,
        ),
    ],
)
def test_a_write_that_only_says_it_was_done_is_caught_without_a_contract(
    right: str, wrong: str, blamed: str, check: Check
) -> None:
    told = '    room = dict(find_room(db, room_id))\n    room["status"] = "closed"\n    return room'
    source = SOUND.replace("room_id)\n    return find_room(db, room_id)", f"room_id)\n{told}")
    _, failures = certified(source.replace(right, wrong))
    assert (blamed, check) in {(failure.tool, failure.check) for failure in failures}
