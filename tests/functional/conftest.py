"""A small pool of six services, and the program run on it."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

CLINIC = Path(__file__).parents[2] / "examples" / "clinic.json"

# Other trades that work like a clinic: each word of the clinic with the trade's own.
CLINIC_WORDS = ("Clinic", "Patient", "Doctor", "Appointment", "Prescription", "Medicine")
TRADES = (
    ("School", "Student", "Teacher", "Lesson", "Certificate", "Subject"),
    ("Garage", "Customer", "Mechanic", "Repair", "Invoice", "Part"),
    ("Library", "Member", "Librarian", "Loan", "Reminder", "Title"),
    ("Theatre", "Guest", "Usher", "Booking", "Voucher", "Play"),
    ("Farm", "Animal", "Keeper", "Checkup", "Treatment", "Feed"),
)

# Quick to make, and many enough units to be interrupted in.
QUICK = ("--set", "domain.trials=8", "--set", "task.per_domain=6", "--set", "rollout.trials=3")

Program = Callable[..., "subprocess.CompletedProcess[str]"]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "agentscaler", *map(str, arguments)]


@pytest.fixture(scope="session", autouse=True)
def _interrupts_reach_the_program() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and they would hand
    that on to the programs that they start and then interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def program() -> Program:
    """Runs `agentscaler` with some arguments to its end."""

    def run(*arguments: str | Path, check: bool = True) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(command(*arguments), capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        assert not check or done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def started() -> Callable[..., "subprocess.Popen[str]"]:
    """Starts `agentscaler` with some arguments."""

    def start(*arguments: str | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True)

    return start


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of function JSON: six services, and one file of odd but readable functions."""
    folder = tmp_path_factory.mktemp("source")
    clinic = CLINIC.read_text()
    (folder / "clinic.json").write_text(clinic)
    for trade in TRADES:
        text = clinic
        for word, own in zip(CLINIC_WORDS, trade, strict=True):
            text = text.replace(word, own).replace(word.lower(), own.lower())
        (folder / f"{trade[0].lower()}.json").write_text(text)
    (folder / "odd.json").write_text(json.dumps(ODD))
    return folder


def _odd(name: str, properties: dict[str, object]) -> dict[str, object]:
    return {
        "name": name,
        "description": f"A function that is odd: {name}.",
        "parameters": {"type": "object", "properties": properties},
    }


ODD: Sequence[dict[str, object]] = (
    _odd("CreateClass", {"class": {"type": "string"}, "db": {"type": "string"}}),
    _odd("ListEverything", {}),
    _odd("PickColour", {"colour": {"type": "string", "enum": [f"c{n}" for n in range(10_000)]}}),
    _odd("Twice", {"name": {"type": "string"}}),
    _odd("Twice", {"name": {"type": "string"}}),
    {
        **_odd("Nest", {"tree": {"$ref": "#/$defs/tree"}}),
        "$defs": {"tree": {"type": "object", "properties": {"child": {"$ref": "#/$defs/tree"}}}},
    },
)


@pytest.fixture(scope="session")
def quick() -> Sequence[str]:
    """Options that make a run small."""
    return QUICK


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, program: Program, source: Path) -> Path:
    """An undisturbed run in one process."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    program("run", "--run", folder, "--source", source, "--workers", "1", *QUICK)
    return folder
