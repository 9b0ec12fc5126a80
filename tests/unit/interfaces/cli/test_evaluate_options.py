"""What options of an evaluation amount to."""

from pathlib import Path

import pytest

from agentscaler.errors import SettingsError
from agentscaler.evaluation.own import OwnEvaluation
from agentscaler.interfaces.cli.evaluate.options import EvaluateOptions


def test_the_contestant_is_the_model_of_the_role_agent_alone() -> None:
    given = EvaluateOptions(model="m", base_url="http://127.0.0.1:1/v1", api_key_env="KEY")
    llm = given.settings(OwnEvaluation).llm
    agent = llm.endpoint("agent")
    assert (agent.model, agent.base_url, agent.api_key_env) == ("m", "http://127.0.0.1:1/v1", "KEY")
    assert llm.endpoint("user").model == ""


def test_what_is_said_of_every_model_holds_for_the_contestant_unless_more_is_said() -> None:
    given = EvaluateOptions(
        model="m",
        overrides=["llm.default.sampling.temperature=0.5", "llm.default.model=other"],
    )
    agent = given.settings(OwnEvaluation).llm.endpoint("agent")
    assert (agent.model, agent.sampling.temperature) == ("m", 0.5)
    more = EvaluateOptions(
        overrides=["llm.agent.sampling.temperature=1", "llm.default.sampling.temperature=0.5"]
    )
    assert more.settings(OwnEvaluation).llm.endpoint("agent").sampling.temperature == 1


def test_options_lie_over_settings_and_those_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("trials: 2\nseed: 3\nlimit: 9\n")
    given = EvaluateOptions(config=file, overrides=["seed=4", "limit=8"], limit=7)
    settings = given.settings(OwnEvaluation, {"own": {"per_domain": 5, "split": None}})
    assert (settings.trials, settings.seed, settings.limit) == (2, 4, 7)
    assert (settings.own.per_domain, settings.own.split) == (5, "held_out")


def test_a_suites_option_is_named_in_a_complaint() -> None:
    with pytest.raises(SettingsError, match=r"from --split"):
        EvaluateOptions().settings(OwnEvaluation, {"own": {"split": "odd"}})


def test_what_changes_no_score_is_no_part_of_the_record() -> None:
    one = EvaluateOptions(concurrency=3, budget_usd=1.0, model="m").settings(OwnEvaluation)
    assert one.scoring() == OwnEvaluation().scoring()
    assert EvaluateOptions(seed=1).settings(OwnEvaluation).scoring() != one.scoring()
