"""Evaluations in our own worlds: played, disturbed, scored again, compared, wrongly asked for."""

import json
import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from agentscaler.domain import load_domain
from agentscaler.interfaces.cli.main import app
from agentscaler.llm.script import Fault, Rule
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task
from tests.functional.players import ANSWER_TOKENS, PROMPT_TOKENS, Players
from tests.functional.serving import Served

REPORTS = ("report.md", "report.json", "calls.svg")
TASKS, TRIALS = 8, 2


def program(*words: str | Path, code: int | None = 0) -> Result:
    """Runs `agentscaler` in this process; any code is right where `code` is None."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert code is None or done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with the clinic and a few tasks."""
    run = tmp_path_factory.mktemp("evaluate") / "run"
    quick = ("--set", "domain.trials=8", "--workers", "1")
    program("domains", "--run", run, "--vertical", "clinic", *quick)
    program("tasks", "--run", run, "--set", f"task.per_domain={TASKS}", "--workers", "1")
    return run


class Unlucky(Players):
    """Plays well, but never answers the agent of the task that begins in a certain way."""

    def __init__(self, run: Path, *, delay: float = 0.0, unlucky: str = "") -> None:
        tasks = list(RunFolder.open(run).read("tasks.jsonl", Task))
        super().__init__(load_domain(run / "domains" / "clinic"), tasks, delay)
        self._unlucky = unlucky

    def choose(self, body: dict[str, Any]) -> Rule | None:
        said = [one.get("content") for one in body["messages"]]
        if len(said) == 1:  # whether anybody is there
            return Rule(say="yes")
        if body["model"] == "agent" and self._unlucky and self._unlucky in said:
            return Rule(fault=Fault(status=500))
        return super().choose(body)

    def opening(self, place: int) -> str:
        """How the user of a task begins."""
        return str(list(self._by_opening)[place])


@contextmanager
def served(answers: Players) -> Iterator[Served]:
    endpoint = Served(answers)
    try:
        yield endpoint
    finally:
        endpoint.end()


def asking(run: Path, out: Path, endpoint: Served, *more: str) -> list[str | Path]:
    """The command that evaluates the model behind an endpoint, with a model as its user."""
    return [
        *("evaluate", "own", "--run", run, "--out", out, "--split", "all", "--user", "model"),
        *("--model", "agent", "--base-url", endpoint.url, "--trials", str(TRIALS)),
        *("--set", "llm.user.model=person", "--set", f"llm.user.base_url={endpoint.url}"),
        *("--set", "own.withhold_rate=0", "--set", "llm.agent.retries=0"),
        *("--concurrency", "4", *more),
    ]


def reports(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in REPORTS}


def counts(out: Path) -> dict[str, int]:
    told: dict[str, int] = json.loads((out / "report.json").read_bytes())["counts"]
    return told


@pytest.fixture(scope="module")
def undisturbed(run: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """An evaluation that went through in one go, and how many questions that took."""
    out = tmp_path_factory.mktemp("undisturbed") / "evaluation"
    with served(Unlucky(run)) as endpoint:
        program(*asking(run, out, endpoint))
        return out, endpoint.asked


def test_a_model_is_evaluated_and_everything_adds_up(undisturbed: tuple[Path, int]) -> None:
    out, asked = undisturbed
    report = json.loads((out / "report.json").read_bytes())
    assert report["counts"] == {
        "expected": TASKS * TRIALS,
        "done": TASKS * TRIALS,
        "failed_by_infrastructure": 0,
        "not_played": 0,
    }
    assert report["contestant"] == "agent"
    whole = report["whole"]
    assert whole["pass_hat"]["1"]["mean"] > 0.5
    for name in ("bands", "kinds", "groups", "calls"):
        assert sum(part["trials"] for part in report[name].values()) == whole["trials"]
        assert sum(part["tasks"] for part in report[name].values()) == whole["tasks"]
    failed = sum(one["trials"] for one in report["failures"]["reasons"])
    successes = round(whole["reward"]["mean"] * whole["trials"])
    assert failed + successes == whole["trials"]
    spent = report["a_trial"]
    assert spent["prompt_tokens"] == spent["turns"] * PROMPT_TOKENS
    assert spent["completion_tokens"] == spent["turns"] * ANSWER_TOKENS
    assert asked > spent["turns"] * whole["trials"]


def test_a_killed_evaluation_goes_on_to_the_same_report_and_asks_nothing_twice(
    run: Path,
    undisturbed: tuple[Path, int],
    started: Callable[..., "subprocess.Popen[str]"],
    tmp_path: Path,
) -> None:
    out, (whole, asked) = tmp_path / "evaluation", undisturbed
    with served(Unlucky(run, delay=0.01)) as endpoint:
        process = started(*asking(run, out, endpoint))
        endpoint.wait_for(asked // 2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert endpoint.asked < asked
        program(*asking(run, out, endpoint))
        assert reports(out) == reports(whole)
        assert endpoint.asked <= asked + 4  # what was on its way is asked again
    assert len((out / "trials.jsonl").read_bytes().splitlines()) <= TASKS * TRIALS + 1


def test_an_endpoint_that_dies_stops_the_evaluation_and_costs_no_trial(
    run: Path, undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    out, (whole, asked) = tmp_path / "evaluation", undisturbed
    with served(Unlucky(run, delay=0.01)) as endpoint:
        quick = ("--set", "llm.user.retries=0")
        dies = threading.Thread(target=lambda: (endpoint.wait_for(asked // 2), endpoint.down()))
        dies.start()
        program(*asking(run, out, endpoint, *quick), code=2)
        dies.join()
        found = counts(out)
        assert found["done"] < found["expected"]
        assert found["expected"] == sum(found[name] for name in found if name != "expected")
        endpoint.up()
        program(*asking(run, out, endpoint, *quick))
    assert reports(out) == reports(whole)


def test_a_trial_that_the_endpoint_failed_is_no_failure_and_is_played_again(
    run: Path, undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    out = tmp_path / "evaluation"
    opening = Unlucky(run).opening(2)
    with served(Unlucky(run, unlucky=opening)) as endpoint:
        done = program(*asking(run, out, endpoint), code=2)
    assert "failed by the infrastructure" in done.stderr
    found = counts(out)
    assert found["failed_by_infrastructure"] == TRIALS
    assert found["done"] == found["expected"] - TRIALS
    report = json.loads((out / "report.json").read_bytes())
    assert report["whole"]["tasks"] == TASKS - 1
    assert "infrastructure" not in report["failures"]["owners"]
    assert "This is not the whole evaluation" in (out / "report.md").read_text()
    with served(Unlucky(run)) as endpoint:
        program(*asking(run, out, endpoint))
    assert reports(out) == reports(undisturbed[0])


def test_scoring_again_agrees_and_asks_nobody(
    undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    out = Path(shutil.copytree(undisturbed[0], tmp_path / "evaluation"))
    (out / "calls.sqlite").unlink()
    before = {name: (out / name).read_bytes() for name in (*REPORTS, "trials.jsonl")}
    done = program("rescore", out, "--workers", "1")
    assert f"{TASKS * TRIALS} trials are scored again; 0 differ" in done.stdout
    program("rescore", out, "--replace", "--workers", "1")
    assert {name: (out / name).read_bytes() for name in before if name != "trials.jsonl"} == {
        name: content for name, content in before.items() if name != "trials.jsonl"
    }


def test_scoring_again_finds_what_was_tampered_with_and_says_why(
    undisturbed: tuple[Path, int], tmp_path: Path
) -> None:
    out = Path(shutil.copytree(undisturbed[0], tmp_path / "evaluation"))
    lines = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
    right = next(one for one in lines if one["success"])
    wrong = {"success": False, "reward": 0.0, "owner": "agent", "reason": "wrong_state"}
    right |= wrong | {"detail": "it was said to be wrong"}
    (out / "trials.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    done = program("rescore", out, "--workers", "1", code=1)
    assert "1 differ from what was kept" in done.stdout
    assert f"{right['task']}, trial {right['trial']}: success False -> True" in done.stdout
    assert "before: it was said to be wrong" in done.stdout
    program("rescore", out, "--replace", "--workers", "1", code=1)
    assert reports(out) == reports(undisturbed[0])


@pytest.fixture(scope="module")
def scripted(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evaluations of the agents of rules, side by side."""
    folder = tmp_path_factory.mktemp("scripted")
    for agent in ("expert", "hasty"):
        own = ("evaluate", "own", "--run", run, "--split", "all", "--trials", "2")
        program(*own, "--agent", agent, "--out", folder / agent, "--set", "workers=1")
    return folder


def test_agents_of_rules_are_as_good_as_they_are_known_to_be(scripted: Path) -> None:
    means = {}
    for agent in ("expert", "hasty"):
        report = json.loads((scripted / agent / "report.json").read_bytes())
        means[agent] = report["whole"]["pass_hat"]["2"]["mean"]
        assert report["a_trial"]["prompt_tokens"] is None
    assert means["expert"] == 1
    assert means["hasty"] < 0.6


def test_evaluations_are_laid_side_by_side(scripted: Path, tmp_path: Path) -> None:
    out = tmp_path / "comparison"
    done = program(
        *("compare", scripted / "hasty", scripted / "expert"), "--out", out, "--reference", "paper"
    )
    assert f"Written: {out / 'compare.md'}" in done.stdout
    page = (out / "compare.md").read_text()
    assert page.startswith("# own: hasty against expert\n")
    assert "The paper has no figures on the suite own." in page
    told = json.loads((out / "compare.json").read_bytes())
    (pair,) = told["against_the_first"]
    assert pair["success"]["difference"]["mean"] > 0
    assert pair["worse"] == []
    assert "calls.svg" in page
    assert (out / "calls.svg").read_text().count("<polyline") == 2
    printed = program("compare", scripted / "hasty", scripted / "expert").stdout
    assert printed.startswith("# own: hasty against expert")


def test_what_is_asked_for_wrongly_is_said_without_a_traceback(
    run: Path, scripted: Path, tmp_path: Path
) -> None:
    """Each case is a command and a part of what is told."""
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "a file").write_text("not a folder")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    out = tmp_path / "out"
    agent = ("--agent", "expert")
    every = ("evaluate", "own", "--run", run, "--split", "all")
    cases: Sequence[tuple[Sequence[str | Path], str]] = (
        (("evaluate", "own", "--run", empty, *agent, "--out", out), "There is no run in"),
        (("evaluate", "own", "--run", run, *agent, "--out", out), "no training set"),
        ((*every, "--agent", "genius", "--out", out), "There is no agent genius."),
        ((*every, "--out", out), "Nobody is named"),
        ((*every, *agent, "--domains", "nowhere", "--out", out), "no domain nowhere"),
        ((*every, *agent, "--domains", "@nowhere.txt", "--out", out), "cannot be read"),
        ((*every, *agent, "--set", "own.kinds=[special]", "--split", "train", "--out", out), ""),
        ((*every, *agent, "--set", "own.colour=red", "--out", out), "no setting own.colour"),
        ((*every, *agent, "--out", scripted / "hasty"), "holds another evaluation: contestant"),
        ((*every, *agent, "--out", tmp_path / "other"), "files that are not an evaluation"),
        ((*every, *agent, "--out", tmp_path / "a file" / "in"), "cannot be used"),
        ((*every, *agent, "--checkpoint", empty, "--out", out), "name several"),
        ((*every, "--checkpoint", empty, "--out", out), "cannot be played"),
        ((*every, "--model", "m", "--user", "model", "--out", out), 'in the role "user"'),
        (("rescore", empty), "holds no results files"),
        (("compare", scripted / "hasty"), "cannot be compared"),
        (("compare", scripted / "hasty", scripted / "hasty"), "named twice"),
        (("compare", scripted / "hasty", empty), "There is no evaluation in"),
    )
    for words, told in cases:
        done = program(*words, code=None)
        assert done.exit_code == 2, (words, done.output)
        assert told in " ".join(done.stderr.split()), (words, done.stderr)


def test_a_full_disk_is_said_and_the_evaluation_goes_on(
    run: Path, scripted: Path, tmp_path: Path
) -> None:
    out = tmp_path / "evaluation"
    words = ("evaluate", "own", "--run", run, "--split", "all", "--trials", "2")
    words = (*words, "--agent", "expert", "--out", out, "--set", "workers=1")
    copied = [run / "tasks.jsonl", *(run / "domains").rglob("*")]
    room = max(file.stat().st_size for file in copied) + 1
    assert (scripted / "expert" / "episodes" / "episodes.jsonl").stat().st_size > room
    with largest_file(room):
        done = program(*words, code=2)
    assert "has no room left" in done.stderr
    assert counts(out)["done"] == 0
    program(*words)
    assert reports(out) == reports(scripted / "expert")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Lets no file grow beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
