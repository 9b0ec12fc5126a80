"""Certificates: sound tools earn one, and each seeded fault is caught by its check."""

from collections.abc import Mapping
from typing import Any

import pytest

from agentscaler.domain.certificate import (
    Certificate,
    Check,
    Draw,
    ReadBack,
    RowCondition,
    ToolFailure,
    ToolTrial,
    certify,
)
from agentscaler.errors import ToolError
from agentscaler.world.budget import Budget
from agentscaler.world.database import create_image
from agentscaler.world.toolbox import Toolbox, ToolDefinition

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
FREE = RowCondition("rooms", "status", ("free",))
TRIALS = [
    ToolTrial("get_room", {"room_id": ROOM}),
    ToolTrial("get_booking", {"booking_id": Draw("key", "bookings", "booking_id")}),
    ToolTrial(
        "list_bookings",
        {
            "room_id": Draw("reference", "rooms", "room_id"),
            "day": Draw("value", pool=("2026-05-01",)),
        },
    ),
    ToolTrial("book_room", {"room_id": ROOM, "day": Draw("value")}, FREE),
    ToolTrial("close_room", {"room_id": ROOM}, FREE, ReadBack("get_room", {"room_id": "room_id"})),
    ToolTrial(
        "cancel_booking",
        {
            "booking_id": Draw("key", "bookings", "booking_id"),
            "room_id": Draw("key", "bookings", "room_id"),
        },
        read_back=ReadBack("get_booking", {"booking_id": "booking_id"}, gone=True),
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
    trials: list[ToolTrial] = TRIALS,
    **more: Any,
) -> tuple[Certificate, list[ToolFailure]]:
    return certify(Toolbox.compile(source, tools), STATES, NOW, trials, **more)


def test_sound_tools_earn_a_certificate() -> None:
    certificate, failures = certified()
    assert failures == []
    assert certificate.holds
    assert certificate.states == ("large", "small")
    assert set(certificate.checks) == set(Check)
    for count in certificate.tools.values():
        assert count.successes
        assert count.refusals
        assert count.trials == count.successes + count.refusals >= 40


def test_most_trials_of_a_write_meet_its_precondition() -> None:
    certificate, _ = certified(seed="many")
    booked = certificate.tools["book_room"]
    assert booked.successes / booked.trials > 0.4


def test_the_same_seed_gives_the_same_certificate() -> None:
    assert certified(seed=3) == certified(seed=3)
    assert certified(seed=3)[0] != certified(seed=4)[0]


def test_four_trials_a_tool_already_make_every_check() -> None:
    certificate, failures = certify(Toolbox.compile(SOUND, TOOLS), STATES, NOW, TRIALS, trials=4)
    assert failures == []
    assert set(certificate.checks) == set(Check)


def test_a_certificate_survives_json() -> None:
    certificate, _ = certified()
    assert Certificate.model_validate_json(certificate.model_dump_json()) == certificate


GUARDED = """\
    if db.one("SELECT 1 FROM rooms WHERE room_id = ?", room_id) is None:
        raise ToolError("no")
"""

FAULTS = {
    "a read that writes": (
        GUARDED + '    db.run("UPDATE rooms SET seats = 9")\n    return {}',
        (),
        Check.WRITES_WHERE_DECLARED,
    ),
    "a write to another table": (
        GUARDED + '    db.run("UPDATE bookings SET day = room_id")\n    return {}',
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
    "a result that is not JSON": (GUARDED + "    return {1, 2}", (), Check.RESULT_FITS),
    "a result that is not what was declared": (
        GUARDED + "    return [1]",
        (),
        Check.RESULT_FITS,
    ),
    "a write that does nothing": (
        GUARDED
        + '    db.run("UPDATE rooms SET seats = seats WHERE room_id = ?", room_id)\n    return {}',
        ("rooms",),
        Check.WRITE_CHANGES_STATE,
    ),
    "a refusal that is swallowed": (
        GUARDED
        + '    try:\n        db.run("UPDATE rooms SET seats = 7 WHERE room_id = ?", room_id)\n'
        + "        db.run(\"UPDATE rooms SET status = 'gone' WHERE room_id = ?\", room_id)\n"
        + "    except Exception:\n        pass\n    return {}",
        ("rooms",),
        Check.ONLY_TOOL_ERRORS,
    ),
    "an endless loop": (GUARDED + "    while True:\n        pass", (), Check.ONLY_TOOL_ERRORS),
    "a tool that always refuses": ('    raise ToolError("no")', (), Check.SUCCEEDS),
    "broken SQL": (
        GUARDED + '    return db.one("SELECT nope FROM rooms")',
        (),
        Check.ONLY_TOOL_ERRORS,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_is_caught_by_its_check(fault: str) -> None:
    body, writes, check = FAULTS[fault]
    tools = [*TOOLS, tool("faulty", {"room_id": TEXT}, *writes)]
    trials = [*TRIALS, ToolTrial("faulty", {"room_id": ROOM})]
    certificate, failures = certified(f"{SOUND}\ndef faulty(db, room_id):\n{body}\n", tools, trials)
    assert ("faulty", check) in {(failure.tool, failure.check) for failure in failures}
    assert {failure.tool for failure in failures} == {"faulty"}
    assert certificate.checks[check].failures
    assert not certificate.holds


def test_state_kept_between_calls_is_caught() -> None:
    calls: list[str] = []

    def faulty(db: Any, room_id: str) -> dict[str, int]:
        if db.one("SELECT 1 FROM rooms WHERE room_id = ?", room_id) is None:
            raise ToolError("no such room")
        calls.append(room_id)
        return {"calls": len(calls)}

    definition = tool("faulty", {"room_id": TEXT})
    toolbox = Toolbox("", [definition], {"faulty": faulty}, Budget())
    _, failures = certify(toolbox, STATES, NOW, [ToolTrial("faulty", {"room_id": ROOM})])
    assert [failure.check for failure in failures] == [Check.REPEATS]


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
    _, failures = certified(source, tools, [*TRIALS, ToolTrial("faulty", {"room_id": ROOM})])
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
def test_a_write_that_only_says_it_was_done_is_caught(
    right: str, wrong: str, blamed: str, check: Check
) -> None:
    told = '    room = dict(find_room(db, room_id))\n    room["status"] = "closed"\n    return room'
    source = SOUND.replace("room_id)\n    return find_room(db, room_id)", f"room_id)\n{told}")
    _, failures = certified(source.replace(right, wrong))
    assert (blamed, check) in {(failure.tool, failure.check) for failure in failures}
