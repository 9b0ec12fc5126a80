"""Makers behind an endpoint that fails: what passes leaves no trace, what does not leaves drafts.

Everything real: units in flight, a maker, a store with its bill, HTTP, and a server in a process of
its own that is killed.
"""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from agentscaler.engine import Flight
from agentscaler.errors import AgentScalerError
from agentscaler.llm import (
    AccountedModel,
    Budget,
    CallStore,
    DraftReason,
    EndpointSettings,
    HttpModel,
    Made,
    MakerRecord,
    PartMaker,
    Prompt,
    Script,
)
from agentscaler.llm.patience import Patience
from agentscaler.llm.scripted_server import ScriptedServer

PROMPT = Prompt("policy.md", 1, "Say the rule in plain words.", "digest")
UNITS = range(24)


class Policy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str


def rule(number: int, **more: Any) -> dict[str, Any]:
    """The answer to the question about one unit."""
    text = f"Room {number} is cleaned before it is let again."
    return {"when": {"says": f'"unit":{number}}}$'}, "json": {"text": text}, **more}


GOOD = [rule(number) for number in UNITS]


def names_the_unit(number: int) -> Any:
    def check(answer: Policy) -> dict[str, list[str]]:
        named = f"Room {number} " in answer.text
        return {} if named else {f"unit {number}": [f"does not name room {number}"]}

    return check


async def remake(number: int, maker: PartMaker) -> Made[Policy]:
    subject, given = f"unit {number}", {"draft": "The room is cleaned.", "unit": number}
    return await maker.make("policy", [subject], PROMPT, given, Policy, names_the_unit(number))


def made_of(
    path: Path, url: str, units: Sequence[int] = UNITS, **endpoint: Any
) -> list[Made[Policy]]:
    """The units in order, with a store at `path`."""
    given = {"base_url": url, "model": "tiny", "retries": 3, "concurrency": 6, **endpoint}
    settings = EndpointSettings.model_validate(given)
    model = HttpModel(settings, patience=Patience(first_seconds=0.01, longest_seconds=0.05))
    with CallStore(path) as store:
        accounted = AccountedModel(model, settings, store, Budget(), "domains", "builder")
        maker = PartMaker(accounted, "domains")

        async def play(number: int) -> Made[Policy]:
            return await remake(number, maker)

        flight = Flight(play, ([number] for number in units), 6, model.aclose)
        return [made for (made,) in flight.results()]


def content(made: Sequence[Made[Policy]]) -> bytes:
    """What a stage would write."""
    lines = [
        [one.answer.text if one.answer and one.sound else "The room is cleaned."]
        + [record.model_dump_json() for record in one.records]
        for one in made
    ]
    return json.dumps(lines).encode()


def records(made: Sequence[Made[Policy]]) -> dict[str, MakerRecord]:
    return {record.subject: record for one in made for record in one.records}


@contextmanager
def scripted(rules: Sequence[dict[str, Any]]) -> Iterator[ScriptedServer]:
    """An endpoint in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = ScriptedServer(Script.parse(json.dumps(list(rules))), remember=True)
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with scripted(GOOD) as server:
        made = made_of(tmp_path_factory.mktemp("calm") / "calls.sqlite", server.base_url)
    assert {record.maker for record in records(made).values()} == {"model"}
    return content(made)


PASSING = {
    "429 storm": {"fault": {"status": 429}, "times": 20},
    "429 with its time": {"fault": {"status": 429, "retry_after": 0.02}, "times": 9},
    "500": {"fault": {"status": 500}, "times": 9},
    "503": {"fault": {"status": 503}, "times": 9},
    "cut": {"fault": {"cut": 50}, "times": 9},
    "drop": {"fault": {"drop": True}, "times": 9},
    "no choices": {"fault": {"no_choices": True}, "times": 9},
    "slow": {"json": {"text": "Too late."}, "delay": 20, "times": 4},
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_leaves_no_trace_in_what_is_made(
    name: str, tmp_path: Path, undisturbed: bytes
) -> None:
    with scripted([PASSING[name], *GOOD]) as server:
        made = made_of(tmp_path / "calls.sqlite", server.base_url, retries=30, request_seconds=0.3)
        assert server.asked == len(UNITS) + PASSING[name]["times"]
    assert content(made) == undisturbed


@pytest.mark.parametrize(
    "failing",
    [
        {"fault": {"status": 500}},
        {"fault": {"cut": 50}},
        {"fault": {"drop": True}},
        {"fault": {"no_choices": True}},
        {"delay": 20},
    ],
    ids=("500", "cut", "drop", "no choices", "slow"),
)
def test_a_question_that_is_never_answered_leaves_its_own_draft_and_no_other(
    tmp_path: Path, failing: dict[str, Any]
) -> None:
    last, path = UNITS[-1], tmp_path / "calls.sqlite"
    with scripted([rule(last) | failing, *GOOD, {"say": "Yes."}]) as server:
        made_of(path, server.base_url, UNITS[:-1])
        # Now it is the only question, and nobody else's answer shows that the endpoint lives.
        made = made_of(path, server.base_url, retries=1, request_seconds=0.3)
    by_subject = records(made)
    lost = by_subject.pop(f"unit {last}")
    assert (lost.maker, lost.reason, lost.rounds) == ("rules", DraftReason.UNANSWERED, 0)
    assert {record.maker for record in by_subject.values()} == {"model"}
    assert len(by_subject) == len(UNITS) - 1


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        ({"json": {"texts": ["Room 3 is cleaned."]}}, DraftReason.UNUSABLE, "text: Field required"),
        ({"say": "Room 3 is cleaned."}, DraftReason.UNUSABLE, "Invalid JSON"),
        ({"say": '{"text": "Room 3 is', "finish": "length"}, DraftReason.UNUSABLE, "cut off"),
        ({"call": [{"name": "drop_table"}]}, DraftReason.UNUSABLE, "Invalid JSON"),
        ({"json": {"text": "Say yes to all."}}, DraftReason.UNSOUND, "does not name room 3"),
        ({"fault": {"status": 400}}, DraftReason.REFUSED, "400"),
    ],
    ids=("wrong schema", "no JSON", "cut off", "calls a tool", "unsound", "refused"),
)
def test_an_answer_that_stays_wrong_costs_its_own_part_only(
    tmp_path: Path, answer: dict[str, Any], reason: DraftReason, said: str
) -> None:
    with scripted(
        [rule(0, times=1), {"when": {"anywhere": '"unit":3}$'}, **answer}, *GOOD]
    ) as server:
        made = made_of(tmp_path / "calls.sqlite", server.base_url)
    lost = records(made).pop("unit 3")
    assert (lost.maker, lost.reason) == ("rules", reason)
    assert said in lost.detail
    assert [one.subject for one in records(made).values() if one.maker == "rules"] == ["unit 3"]
    texts = [line[0] for line in json.loads(content(made))]
    assert texts[3] == "The room is cleaned."
    assert texts.count(texts[3]) == 1


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def process(script: Path, port: int, delay: float = 0.02) -> Iterator["subprocess.Popen[str]"]:
    """A scripted server in a process of its own, which listens."""
    module = [sys.executable, "-m", "agentscaler.llm.scripted_server"]
    command = [*module, str(script), "--port", str(port), "--delay", str(delay)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        assert "listening" in server.stderr.readline()
        try:
            yield server
        finally:
            server.kill()


def answered(path: Path) -> int:
    with CallStore(path) as store:
        return sum(line.calls for line in store.costs())


def wait_for(path: Path, answers: int) -> None:
    end = time.monotonic() + 20
    while not path.exists() or answered(path) < answers:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(GOOD))
    return path


def test_a_server_that_is_killed_and_comes_back_leaves_no_trace(
    tmp_path: Path, script: Path, undisturbed: bytes
) -> None:
    port, path = free_port(), tmp_path / "calls.sqlite"
    outcome: list[bytes] = []
    url = f"http://127.0.0.1:{port}/v1"
    maker = threading.Thread(
        target=lambda: outcome.append(content(made_of(path, url, retries=400)))
    )
    with process(script, port) as server:
        maker.start()
        wait_for(path, 8)
        server.send_signal(signal.SIGKILL)
        server.wait()
    assert answered(path) < len(UNITS)
    with process(script, port):
        maker.join()
    assert outcome == [undisturbed]
    assert answered(path) == len(UNITS)


def test_a_server_that_stays_dead_stops_the_work_which_goes_on_later(
    tmp_path: Path, script: Path, undisturbed: bytes
) -> None:
    port, path = free_port(), tmp_path / "calls.sqlite"
    url = f"http://127.0.0.1:{port}/v1"
    failures: list[AgentScalerError] = []

    def attempt() -> None:
        try:
            made_of(path, url, retries=2)
        except AgentScalerError as error:
            failures.append(error)

    maker = threading.Thread(target=attempt)
    with process(script, port) as server:
        maker.start()
        wait_for(path, 8)
        server.send_signal(signal.SIGKILL)
        maker.join()
    (failure,) = failures
    assert "does not answer" in str(failure)
    kept = answered(path)
    assert 8 <= kept < len(UNITS)
    with process(script, port):
        assert content(made_of(path, url)) == undisturbed
    assert answered(path) == len(UNITS)
