"""Two APIs through every stage, each part made by a model whose answers were written by hand."""

import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentscaler.corpus import ToolSpec
from agentscaler.domain import Domain, load_domain
from agentscaler.domain.examine import examine
from agentscaler.errors import AgentScalerError
from agentscaler.filtering import Verdict
from agentscaler.llm import MakerRecord, Script
from agentscaler.pipeline import Settings, altered_outputs, run, verify_run
from agentscaler.pipeline.costs import costs_of
from agentscaler.pipeline.makers import MAKERS
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task
from tests.functional.serving import Served

Program = Callable[..., "subprocess.CompletedProcess[str]"]

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "examples" / "clinic.json", ROOT / "examples" / "parcels.yaml")
ANSWERS = ROOT / "examples" / "makers"
PRICES = {"input_usd": 0.4, "output_usd": 1.6}  # of a million tokens: 400 and 1,600 nano-dollars
MACHINERY = {"calls.sqlite", "manifest.json", "settings.json", ".lock"}

# How many of each part the model made at its first answer, and how many at its second.
MADE = {
    "description": (6, 18),
    "quality": (6, 19),
    "schema": (0, 4),
    "values": (0, 3),
    "edges": (2, 10),
    "code": (12, 12),
    "policy": (0, 14),
    "arguments": (0, 3),
    "intent": (0, 4),
}
# The drafts that stayed, and a word of why.
DRAFTS = {
    ("description", "GetPrescription"): "speaks to its reader",
    ("description", "updateDepot"): "street address",
    ("quality", "listParcels"): "says nothing about this tool",
    ("schema", "prescriptions"): "drug_name",
    ("values", "name"): "4 values that fit; give 24",
    ("edges", "create_prescription"): "pair 30 has 0 verdicts",
    ("code", "list_appointments"): "its result is not what the answer gives",
    ("code", "cancel_parcel"): "does not accept a call that meets every requirement",
    ("policy", "statement 5"): '"usually"',
    ("policy", "statement 4"): '"yes"',
    ("arguments", "001"): "characters that do not belong in it",
    ("intent", "002"): "the ID of the first doctor",
    ("intent", "001"): 'after "otherwise" it must ask to cancel',
}


class Finished(NamedTuple):
    """A run to its end, its script, and how many requests it took."""

    path: Path
    script: Script
    asked: int

    @property
    def folder(self) -> RunFolder:
        return RunFolder.open(self.path)

    def domain(self, service: str) -> Domain:
        (path,) = (self.path / "domains").glob(f"*{service}*")
        return load_domain(path)

    @property
    def records(self) -> list[MakerRecord]:
        return [one for file in MAKERS.values() for one in self.folder.read(file, MakerRecord)]


def script() -> Script:
    files = [ANSWERS / "clinic.yaml", ANSWERS / "parcels.yaml"]
    return Script([rule for file in files for rule in Script.read(file).rules])


def settings(endpoint: Served, workers: int = 1, **more: Any) -> Settings:
    every = {"model_parts": ["all"]}
    builder = {"base_url": endpoint.url, "model": "scripted", **PRICES, **more}
    return Settings.model_validate(
        {
            "workers": workers,
            "sources": [str(source) for source in SOURCES],
            "pool": every,
            "domain": {**every, "trials": 30, "faults": 2},
            "task": {**every, "per_domain": 3},
            "llm": {"builder": builder},
        }
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run that went through in one go."""
    path, answers = tmp_path_factory.mktemp("makers") / "run", script()
    endpoint = Served(answers)
    try:
        run(RunFolder.open(path, create=True), settings(endpoint))
        return Finished(path, answers, endpoint.asked)
    finally:
        endpoint.end()


@pytest.fixture
def endpoint() -> Iterator[Served]:
    served = Served(script())
    yield served
    served.end()


def outputs(path: Path) -> dict[str, bytes]:
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in files
        if file.name not in MACHINERY
    }


def column(domain: Domain, table: str, name: str) -> set[str]:
    """The values of a column, in all states."""
    found = set()
    for image in domain.states.values():
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(image)
            rows = connection.execute(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL")
            found |= {value for (value,) in rows}
    return found


def listed(rules: Script, name: str) -> set[str]:
    """The last values that a script gives for a column."""
    given = [
        one["values"]
        for rule in rules.rules
        if rule.when.schema_ == "InitialValues"
        for one in rule.json_["columns"]
        if one["column"] == name
    ]
    return set(given[-1])


def test_every_part_is_the_models_or_the_draft_as_its_answers_deserve(finished: Finished) -> None:
    made: dict[str, Counter[int]] = {part: Counter() for part in MADE}
    for record in finished.records:
        if record.maker == "model":
            made[record.part][record.rounds] += 1
    assert {part: (rounds[1], rounds[2]) for part, rounds in made.items()} == MADE
    drafts = {
        (one.part, one.subject.replace(".", "/").split("/")[-1]): (one.reason, one.detail)
        for one in finished.records
        if one.reason is not None
    }
    assert drafts.keys() == DRAFTS.keys()
    assert [
        what
        for what, words in DRAFTS.items()
        if drafts[what][0] != "unsound" or words not in drafts[what][1]
    ] == []


def test_every_answer_is_used_and_no_question_asked_in_vain(finished: Finished) -> None:
    assert min(finished.script.used) == 1
    assert sum(finished.script.used) == finished.asked


def test_the_bill_is_what_the_tokens_of_the_answers_cost(finished: Finished) -> None:
    rules = list(zip(finished.script.rules, finished.script.used, strict=True))
    prompt = sum((rule.prompt_tokens or 0) * times for rule, times in rules)
    answer = sum((rule.completion_tokens or 0) * times for rule, times in rules)
    lines = costs_of(finished.folder)
    assert {(line.stage, line.role) for line in lines} == {
        (stage, "builder") for stage in ("pool", "domains", "tasks")
    }
    assert sum(line.tokens for line in lines) == prompt + answer
    assert sum(line.nano_usd for line in lines) == prompt * 400 + answer * 1_600


def test_the_tools_say_what_the_model_says(finished: Finished) -> None:
    told = {tool.name: tool.description for tool in finished.folder.read("pool.jsonl", ToolSpec)}
    assert told["CancelAppointment"].startswith("Cancels a booked appointment. Needs the")
    assert "phone" not in told["CreateDoctor"]
    assert told["GetPrescription"] == "Returns a prescription."


def test_the_domains_hold_what_the_model_made_and_certify(finished: Finished) -> None:
    clinic, parcels = finished.domain("clinic"), finished.domain("parcel")
    for domain in (clinic, parcels):
        _, failures = examine(domain, trials=8, seed="again")
        assert failures == []
        assert set(domain.manifest.makers) == {"schema", "values", "edges", "code", "policy"}
    tables = {table.name: set(table.by_name) for table in clinic.manifest.tables}
    assert "room" in tables["appointments"]
    assert "experience_years" in tables["doctors"]
    assert "lost" not in parcels.manifest.table["parcels"].by_name["status"].enum
    for domain, name in ((clinic, "prescriptions.medicine"), (parcels, "parcels.note")):
        shown = column(domain, *name.split("."))
        assert shown
        assert shown <= listed(finished.script, name)
    assert "Harbour Depot" not in column(parcels, "depots", "name")
    assert "Appointment {appointment_id} is CANCELLED and stays as it is." in clinic.source
    assert "import datetime" not in clinic.source
    assert "has left and can no longer be cancelled" not in parcels.source
    assert "## Facts and questions" in clinic.policy
    assert "- Two doctors never share an email." in clinic.policy
    assert "only while it is scheduled or confirmed" in clinic.policy
    assert "wait for the user's yes" in parcels.policy


def test_the_tasks_are_said_in_the_models_words_and_every_proof_holds(finished: Finished) -> None:
    tasks = {task.id: task for task in finished.folder.read("tasks.jsonl", Task)}
    assert len(tasks) == 6
    said = {
        f"{name.split('-')[0]} {name.split('/')[1]}": [goal.wording for goal in task.goals]
        for name, task in tasks.items()
    }
    assert "Loratadine 10 mg" in said["example 000"][1]
    assert "start time 5 June 2026 at 09:30" in said["example 001"][1]
    assert "the phone +1-397-555-0128" in said["parcels 000"][1]
    assert not any(said["example 002"] + said["parcels 001"])
    assert sum("arguments" in task.makers for task in tasks.values()) == 3
    assert sum("intent" in task.makers for task in tasks.values()) == 4
    assert altered_outputs(finished.folder) == []
    found = list(verify_run(finished.folder, Settings.model_validate(finished.folder.settings)))
    assert [checks.findings for checks in found] == [[], []]
    assert sum(checks.holding for checks in found) == 6


def test_the_dialogues_are_played_in_these_words_and_kept(finished: Finished) -> None:
    verdicts = list(finished.folder.read("kept.jsonl", Verdict))
    assert [one.kept for one in verdicts] == [True] * 6
    said = {
        message.content
        for episode in finished.folder.read("trajectories.jsonl", Trajectory)
        for message in episode.messages
        if message.role == "user"
    }
    assert any("Hello, I am going through our files." in one for one in said)
    assert any("in the city Denver, with the phone" in one for one in said)


def test_people_are_told_who_made_what(finished: Finished, program: Program) -> None:
    made = program("show", "domain", "#1", "--run", finished.path).stdout
    assert "made by rules; schema, values, edges, code and policy by scripted" in made
    lines = program("makers", "--run", finished.path).stdout.splitlines()
    told = [line.split() for line in lines if " scripted " in line]
    assert [line[1] for line in told] == list(MADE)
    assert {line[1]: (int(line[6]), int(line[7])) for line in told} == MADE
    assert [line[8:11] for line in told if line[1] == "schema"] == [["2", "1", "unchanged,"]]


def test_an_endpoint_that_goes_down_and_comes_back_leaves_no_trace(
    finished: Finished, endpoint: Served, tmp_path: Path
) -> None:
    folder = RunFolder.open(tmp_path / "run", create=True)
    stopped: list[AgentScalerError] = []

    def work() -> None:
        try:
            run(folder, settings(endpoint, retries=0))
        except AgentScalerError as error:
            stopped.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    endpoint.wait_for(finished.asked // 2)
    endpoint.down()
    worker.join()
    assert "does not answer" in str(stopped[0])
    paid = sum(line.calls for line in costs_of(folder))
    assert 0 < paid < finished.asked
    endpoint.up()
    before = endpoint.asked
    run(folder, settings(endpoint, retries=0))
    assert endpoint.asked - before == finished.asked - paid
    assert outputs(folder.path) == outputs(finished.path)


def test_two_processes_make_the_same(finished: Finished, endpoint: Served, tmp_path: Path) -> None:
    run(RunFolder.open(tmp_path / "run", create=True), settings(endpoint, workers=2))
    assert outputs(tmp_path / "run") == outputs(finished.path)
