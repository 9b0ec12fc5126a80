import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from agentscaler.chat import Message
from agentscaler.errors import EndpointError, InputError, RequestRefusedError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.tau.answering import Cast, Part
from agentscaler.evaluation.tau.benchmark import Benchmark
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.settings import Tau2Settings, TauBenchSettings
from agentscaler.evaluation.tau.simulations import Simulations
from agentscaler.evaluation.tau.suite import Agenda, Player, play, read_agenda
from agentscaler.evaluation.tau.tau2 import Tau2Benchmark
from agentscaler.evaluation.tau.tau_bench import TauBenchBenchmark
from agentscaler.llm import Completion, EndpointSettings, Request, Sampling
from agentscaler.rollout.trajectory import FailureOwner
from tests.unit.evaluation.tau.homes import Answers, Scripted, clerk, customer, fake_home

SEED = 300


class Evaluation:
    """An evaluation on a stand-in, with models that functions play."""

    def __init__(
        self,
        folder: Path,
        home: Home,
        *,
        trials: int = 1,
        agent: Answers = clerk,
        user: Answers = customer,
        judge: Answers | None = None,
        endpoints: dict[Part, EndpointSettings] | None = None,
        task_ids: tuple[str, ...] = (),
        limit: int | None = None,
        **settings: Any,
    ) -> None:
        chosen = {"home": home.path, "python": str(home.python), **settings}
        self.settings: Tau2Settings | TauBenchSettings
        self.benchmark: Benchmark
        if home.package == "tau2":
            self.settings = Tau2Settings(**{"domains": ("shop",), **chosen})
            self.benchmark = Tau2Benchmark(self.settings, SEED)
        else:
            self.settings = TauBenchSettings(**chosen)
            self.benchmark = TauBenchBenchmark(self.settings)
        self.models = {
            part: Scripted(f"the {part}", answers)
            for part, answers in (("agent", agent), ("user", user), ("judge", judge))
            if answers is not None
        }
        names = {part: model.name for part, model in self.models.items()}
        self.cast = Cast(names, endpoints or {}, self.models)  # type: ignore[arg-type]
        self.folder = EvaluationFolder(folder)
        self.home = home
        self.trials = trials
        reading = read_agenda(
            home, self.benchmark, self.cast, trials, SEED, task_ids=task_ids, limit=limit
        )
        self.agenda: Agenda = asyncio.run(reading)
        self.folder.begin(
            EvaluationRecord(
                suite=home.package,
                contestant="the agent",
                data=self.agenda.data,
                tasks=tuple(task.key for task in self.agenda.tasks),
                trials=trials,
                code="0",
            )
        )

    def played(self) -> Iterator[TrialResult]:
        player = Player(
            self.benchmark,
            self.settings,
            self.cast,
            self.home,
            1,
            self.trials,
            now=lambda: "2026-01-01T00:00:00",
            retry_seconds=0.0,
        )
        for results in play(self.folder, self.agenda, player, 4):
            yield from results

    def play(self) -> dict[str, TrialResult]:
        """The results by task, of evaluations with one trial."""
        return {result.task: result for result in self.played()}

    def results(self) -> Any:
        """The one results file."""
        (file,) = Simulations(self.folder).write_results(self.benchmark, self.agenda.tasks)
        return orjson.loads(file.read_bytes())


@pytest.fixture
def begun(tmp_path: Path) -> Callable[..., Evaluation]:
    """Begins an evaluation on the stand-in for tau2."""
    home = fake_home(tmp_path / "home")
    return lambda **given: Evaluation(tmp_path / "out", home, **given)


def test_the_package_judges_what_our_models_played(begun: Callable[..., Evaluation]) -> None:
    evaluation = begun()
    results = evaluation.play()
    assert {task: one.reward for task, one in results.items()} == {
        "shop/one": 1.0,
        "shop/two": 1.0,
        "shop/nothing": 1.0,
        "shop/three|[x]": 1.0,
    }
    one = results["shop/one"]
    assert one.success
    assert (one.group, one.kind, one.calls, one.reason) == ("shop", "write", 1, "")
    assert (one.turns, one.made_calls) == (2, 1)
    assert (one.prompt_tokens, one.completion_tokens) == (20, 6)
    assert one.scores == {"db": 1.0}


def test_a_failure_is_named_by_the_part_of_the_reward_that_is_missing(
    begun: Callable[..., Evaluation],
) -> None:
    results = begun(agent=lambda request: Completion(text="No.")).play()
    assert results["shop/nothing"].success
    failed = results["shop/two"]
    assert (failed.done, failed.reward, failed.reason) == (True, 0.0, "db")
    assert failed.owner is None


def test_agent_and_user_are_asked_as_the_package_asks(begun: Callable[..., Evaluation]) -> None:
    evaluation = begun(task_ids=("one",), trials=2)
    list(evaluation.played())
    agent = evaluation.models["agent"].asked
    first = agent[0]
    assert first.messages[0] == Message(role="system", content="Add what the user wants.")
    assert [tool["function"]["name"] for tool in first.tools] == ["add"]
    assert first.sampling.temperature == 0.0
    user = evaluation.models["user"].asked
    assert not user[0].tools
    seeds = {request.sampling.seed for request in (*agent, *user)}
    assert seeds == set(evaluation.agenda.seeds)
    assert len(seeds) == 2


def test_seeds_of_trials_are_those_that_the_package_makes(begun: Callable[..., Evaluation]) -> None:
    assert begun(trials=4).agenda.seeds == (626729, 373753, 361454, 1567)


def test_the_temperature_of_an_endpoint_goes_before_that_of_the_package(
    begun: Callable[..., Evaluation],
) -> None:
    warm = EndpointSettings(model="m", sampling=Sampling(temperature=0.7))
    evaluation = begun(task_ids=("one",), endpoints={"agent": warm})
    evaluation.play()
    assert {one.sampling.temperature for one in evaluation.models["agent"].asked} == {0.7}
    assert {one.sampling.temperature for one in evaluation.models["user"].asked} == {0.0}
    assert evaluation.results()["info"]["agent_arguments"] == {"temperature": 0.7}


def test_a_judge_is_asked_only_where_a_task_has_something_to_judge(
    begun: Callable[..., Evaluation],
) -> None:
    evaluation = begun(split="judged", judge=lambda request: Completion(text='{"met": false}'))
    assert evaluation.agenda.judged == ["shop/polite"]
    results = evaluation.play()
    assert results["shop/unjudged"].success
    assert results["shop/polite"].reason == "nl_assertion"
    assert len(evaluation.models["judge"].asked) == 1


def test_a_verdict_that_cannot_be_read_is_drawn_again_and_the_conversation_is_not(
    begun: Callable[..., Evaluation],
) -> None:
    def judge(request: Request) -> Completion:
        return Completion(text='{"met": true}' if request.sample == 2 else "I think so.")

    evaluation = begun(split="judged", task_ids=("polite",), judge=judge)
    assert evaluation.play()["shop/polite"].success
    assert [one.sample for one in evaluation.models["judge"].asked] == [0, 1, 2]
    assert {one.sample for one in evaluation.models["agent"].asked} == {0}


def test_an_agent_whose_calls_are_not_json_has_lost_after_other_draws(
    begun: Callable[..., Evaluation],
) -> None:
    broken = Completion(calls=(("1", "add", '{"number": '),))
    evaluation = begun(task_ids=("one",), agent=lambda request: broken)
    result = evaluation.play()["shop/one"]
    assert (result.done, result.reward, result.owner) == (True, 0.0, FailureOwner.AGENT)
    assert result.reason == "malformed_call"
    assert [one.sample for one in evaluation.models["agent"].asked] == [0, 1, 2, 3]
    (simulation,) = evaluation.results()["simulations"]
    assert simulation["termination_reason"] == "agent_error"
    assert simulation["messages"][-1]["role"] == "user"  # what was said before is kept


def test_an_answer_that_is_empty_once_is_drawn_again(begun: Callable[..., Evaluation]) -> None:
    def agent(request: Request) -> Completion:
        return clerk(request) if request.sample else Completion(text=" ")

    assert begun(task_ids=("one",), agent=agent).play()["shop/one"].success


def test_an_agent_whose_question_is_refused_has_lost_at_once(
    begun: Callable[..., Evaluation],
) -> None:
    def refuses(request: Request) -> Completion:
        raise RequestRefusedError("too long")

    evaluation = begun(task_ids=("one",), agent=refuses)
    result = evaluation.play()["shop/one"]
    assert (result.done, result.owner, result.reason) == (True, FailureOwner.AGENT, "refused")
    assert len(evaluation.models["agent"].asked) == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [(EndpointError("no answer"), "endpoint"), (RequestRefusedError("too long"), "refused")],
)
def test_a_user_without_an_answer_is_infrastructure(
    begun: Callable[..., Evaluation], error: Exception, reason: str
) -> None:
    def fails(request: Request) -> Completion:
        raise error

    evaluation = begun(task_ids=("one",), user=fails)
    result = evaluation.play()["shop/one"]
    assert not result.done
    assert (result.owner, result.reason) == (FailureOwner.INFRASTRUCTURE, reason)
    (simulation,) = evaluation.results()["simulations"]
    assert simulation["termination_reason"] == "infrastructure_error"
    assert simulation["info"]["error"].startswith(reason)


def test_a_user_that_says_nothing_is_no_failure_of_the_agent(
    begun: Callable[..., Evaluation],
) -> None:
    evaluation = begun(task_ids=("one",), user=lambda request: Completion())
    result = evaluation.play()["shop/one"]
    assert (result.done, result.reason) == (False, "user_answer")
    assert [one.sample for one in evaluation.models["user"].asked] == [0, 1, 2, 3]


def test_trouble_with_processes_and_with_the_package(begun: Callable[..., Evaluation]) -> None:
    evaluation = begun(split="troubled", task_ids=("dies once", "dies", "breaks", "one"))
    results = evaluation.play()
    assert results["shop/dies once"].success
    assert results["shop/one"].success
    assert (results["shop/dies"].done, results["shop/dies"].reason) == (False, "process")
    assert (results["shop/breaks"].done, results["shop/breaks"].reason) == (False, "package")
    assert "the package is broken" in results["shop/breaks"].detail
    assert {slot.task for slot in evaluation.folder.missing()} == {"shop/dies", "shop/breaks"}


def test_what_was_played_before_is_not_played_again(
    begun: Callable[..., Evaluation],
) -> None:
    evaluation = begun(trials=2)
    first = next(evaluation.played())
    done = len(evaluation.folder.results())
    assert first.done
    rest = list(begun(trials=2).played())
    assert len(rest) == 8 - done
    assert len(evaluation.folder.results()) == 8
    simulations = evaluation.results()["simulations"]
    assert [(one["task_id"], one["trial"]) for one in simulations] == [
        (task, trial) for task in ("one", "two", "nothing", "three|[x]") for trial in (0, 1)
    ]


def test_results_hold_the_frame_the_tasks_and_the_newest_simulations(
    begun: Callable[..., Evaluation],
) -> None:
    evaluation = begun(task_ids=("one", "two"))
    evaluation.play()
    results = evaluation.results()
    assert results["info"]["agent"] == "the agent"
    assert results["info"]["user"] == "the user"
    assert [task["id"] for task in results["tasks"]] == ["one", "two"]
    assert [one["reward_info"]["reward"] for one in results["simulations"]] == [1.0, 1.0]
    assert results["timestamp"] == "2026-01-01T00:00:00"


def test_a_limit_is_spread_over_domains(begun: Callable[..., Evaluation]) -> None:
    tasks = begun(domains=("shop", "bazaar"), limit=3).agenda.tasks
    assert [task.key for task in tasks] == ["shop/one", "shop/two", "bazaar/one"]


def test_what_is_not_in_the_package_is_told(begun: Callable[..., Evaluation]) -> None:
    with pytest.raises(InputError, match="no domain hotel"):
        begun(domains=("hotel",))
    with pytest.raises(InputError, match="cannot tell the tasks of shop"):
        begun(split="nowhere")
    with pytest.raises(InputError, match="no task five"):
        begun(task_ids=("one", "five"))


def test_tau_bench_is_played_in_the_same_way(tmp_path: Path) -> None:
    evaluation = Evaluation(tmp_path / "out", fake_home(tmp_path / "home", "tau-bench"), trials=2)
    results = list(evaluation.played())
    assert [one.reward for one in sorted(results, key=lambda one: one.slot)] == [1.0] * 4
    assert {one.calls for one in results} == {1}
    assert all(one.scores == {"db": 1.0} for one in results)
    played = evaluation.results()
    assert [(one["task_id"], one["trial"]) for one in played] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert {one.sample for one in evaluation.models["agent"].asked} == {0, 1}
    # What the package says while it is built is thrown away, and not asked for.
    assert len(evaluation.models["user"].asked) == 8


def test_tau_bench_counts_an_unusable_answer_at_once(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home", "tau-bench")
    agent = [Completion(calls=(("1", "add", "[1]"),))]
    evaluation = Evaluation(tmp_path / "out", home, agent=lambda request: agent[0], task_ids=("1",))
    (result,) = evaluation.played()
    assert (result.done, result.owner, result.reason) == (
        True,
        FailureOwner.AGENT,
        "malformed_call",
    )
    assert len(evaluation.models["agent"].asked) == 1
    assert evaluation.results()[0]["traj"] == []


def test_an_episode_that_takes_too_many_steps_is_a_failure(tmp_path: Path) -> None:
    def talks(request: Request) -> Completion:
        return Completion(text="And?")

    home = fake_home(tmp_path / "old", "tau-bench")
    old = Evaluation(tmp_path / "1", home, user=talks, agent=talks, task_ids=("0",), max_steps=2)
    new = Evaluation(
        tmp_path / "2",
        fake_home(tmp_path / "new"),
        user=talks,
        agent=talks,
        task_ids=("one",),
        max_steps=2,
    )
    assert [one.reason for one in (*old.played(), *new.played())] == ["max_steps", "max_steps"]
