"""`agentscaler judge` on a run: through stops, samples, and without any say in what is kept."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from agentscaler.errors import AgentScalerError, BudgetSpentError, RunFolderError
from agentscaler.filtering import Criterion, Judgement, Verdict
from agentscaler.llm import MakerRecord, Script
from agentscaler.llm.script import Rule
from agentscaler.pipeline import JUDGEMENTS, Settings, judge_run, run_stage
from agentscaler.pipeline.costs import costs_of
from agentscaler.pipeline.judging import judging_of
from agentscaler.runfolder import RunFolder
from tests.functional.serving import Served

Program = Callable[..., Any]
FILES = (JUDGEMENTS, "judge-makers.jsonl", "judging.json")


class Reader(Script):
    """Gives marks that follow from the words alone, so that it may be stopped at any moment.

    The users of dialogues with many words get a low mark, with their first words as the quote.
    """

    def __init__(self, delay: float = 0.0) -> None:
        super().__init__([])
        self.delay = delay

    def choose(self, body: dict[str, Any]) -> Rule:
        given = orjson.loads(body["messages"][1]["content"])
        judged = [self._judged(one) for one in given["dialogues"]]
        answer = {"json": {"dialogues": judged}, "delay": self.delay}
        return Rule.model_validate(answer | {"prompt_tokens": 1000, "completion_tokens": 100})

    def _judged(self, dialogue: dict[str, Any]) -> dict[str, Any]:
        said = [one["said"] for one in dialogue["messages"] if one["from"] == "user"]
        fine = {"score": 4, "remark": "It is plain.", "quote": ""}
        stiff = {"score": 1, "remark": "[red]It drags on.[/]", "quote": said[0][:20]}
        marks: dict[str, Any] = dict.fromkeys((str(one) for one in Criterion), fine)
        marks["user_speech"] = stiff if len(said) > 3 else fine
        return {"dialogue": dialogue["dialogue"], **marks, "note": ""}


@pytest.fixture
def endpoint() -> Iterator[Served]:
    served = Served(Reader(0.005))
    yield served
    served.end()


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def settings(run: Path, endpoint: Served, limit: int | None = None, **llm: Any) -> Settings:
    judge = {"base_url": endpoint.url, "model": "reader", "retries": 1, "output_usd": 1e6}
    judge |= {"concurrency": 2}
    given = {
        "workers": 1,
        "llm": {"judge": judge, **llm},
        "judge": {"dialogues": 3, "limit": limit},
    }
    return Settings.model_validate(RunFolder.open(run).settings | given)


def judge(run: Path, endpoint: Served, limit: int | None = None, **llm: Any) -> dict[str, bytes]:
    for _ in judge_run(RunFolder.open(run), settings(run, endpoint, limit, **llm)):
        pass
    return {name: (run / name).read_bytes() for name in FILES}


def judged(run: Path) -> list[str]:
    return [one.trajectory for one in RunFolder.open(run).read(JUDGEMENTS, Judgement)]


def kept(run: Path) -> list[str]:
    return [one.trajectory for one in RunFolder.open(run).read("kept.jsonl", Verdict)]


def test_every_kept_dialogue_is_judged_and_the_order_is_the_runs(
    run: Path, endpoint: Served
) -> None:
    judge(run, endpoint)
    assert judged(run) == kept(run)
    records = list(RunFolder.open(run).read("judge-makers.jsonl", MakerRecord))
    assert {(one.stage, one.part, one.maker) for one in records} == {
        ("judge", "judgement", "model")
    }
    (line,) = costs_of(RunFolder.open(run))
    assert (line.stage, line.role, line.calls) == ("judge", "judge", endpoint.asked)


def test_stops_of_every_kind_end_in_the_same_bytes_and_nothing_is_asked_twice(
    run: Path, finished: Path, endpoint: Served, tmp_path: Path
) -> None:
    undisturbed = judge(Path(shutil.copytree(finished, tmp_path / "undisturbed")), endpoint)
    asked = endpoint.asked
    with pytest.raises(BudgetSpentError):
        judge(run, endpoint, budget_usd=100 * asked / 4)
    assert not (run / JUDGEMENTS).exists()
    endpoint.down()
    with pytest.raises(AgentScalerError, match="does not answer"):
        judge(run, endpoint)
    endpoint.up()
    some = judge_run(RunFolder.open(run), settings(run, endpoint))
    next(some)
    some.close()  # as Ctrl-C does
    assert judge(run, endpoint) == undisturbed
    assert sum(line.calls for line in costs_of(RunFolder.open(run))) == asked


def test_a_sample_is_spread_over_the_run_and_a_larger_one_pays_for_the_rest_only(
    run: Path, endpoint: Served
) -> None:
    everything = kept(run)
    judge(run, endpoint, limit=len(everything) // 2)
    some = judged(run)
    assert 0 < len(some) <= len(everything) // 2
    assert some == [one for one in everything if one in set(some)]
    assert some != everything[: len(some)]
    asked = endpoint.asked
    judge(run, endpoint)
    assert judged(run) == everything
    assert sum(line.calls for line in costs_of(RunFolder.open(run))) == endpoint.asked > asked
    assert costs_of(RunFolder.open(run))[0].reused == asked
    judge(run, endpoint, limit=0)
    assert judged(run) == []


def test_no_dialogue_is_taken_or_left_by_it_and_the_card_says_what_was_said(
    run: Path, endpoint: Served
) -> None:
    before = {name: (run / name).read_bytes() for name in ("kept.jsonl", "dataset/train.jsonl")}
    folder = RunFolder.open(run)
    plain = Settings.model_validate(folder.settings | {"workers": 1})
    card = run / "dataset" / "README.md"
    assert "## How it reads" not in card.read_text()
    judge(run, endpoint)
    run_stage(folder, "filter", plain)
    run_stage(folder, "dataset", plain)
    assert {name: (run / name).read_bytes() for name in before} == before
    judging = judging_of(folder)
    assert judging is not None
    speech = next(one for one in judging.tallies if one.criterion is Criterion.USER_SPEECH)
    assert speech.counts[0] > 0
    row = f"| user speech | {speech.mean:.2f} | {speech.low_share:.1%} |"
    assert row in card.read_text()


def test_judgements_of_other_dialogues_are_not_on_the_card(run: Path, endpoint: Served) -> None:
    judge(run, endpoint)
    folder = RunFolder.open(run)
    other = Settings.model_validate(folder.settings | {"workers": 1, "funnel": {"strict": "all"}})
    run_stage(folder, "filter", other)
    assert judging_of(folder) is None
    run_stage(folder, "dataset", other)
    assert "## How it reads" not in (run / "dataset" / "README.md").read_text()


def test_a_run_without_kept_dialogues_says_what_to_do_first(
    tmp_path: Path, endpoint: Served
) -> None:
    RunFolder.open(tmp_path / "new", create=True)
    with pytest.raises(RunFolderError, match="agentscaler filter"):
        judge(tmp_path / "new", endpoint)


def test_the_command_prints_marks_and_remarks(
    run: Path, endpoint: Served, program: Program
) -> None:
    given = ["--set", "llm.judge.model=reader", "--set", f"llm.judge.base_url={endpoint.url}"]
    text = program("judge", "--run", run, "--remarks", "2", "--limit", "9", *given).stdout
    assert "user_speech" in text
    assert "[red]It drags on.[/]" in text
    assert str(run / JUDGEMENTS) in text
    assert text.count("user_speech: 1") <= 2
    refused = program("judge", "--run", run, check=False)
    assert "No model is named" in refused.stderr
