"""The models of a run: who plays, and what of them makes a stage start again."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from agentscaler.domain import DomainOutcome
from agentscaler.errors import SettingsError
from agentscaler.llm import Completion, Usage
from agentscaler.llm.call_store import Account, CallStore
from agentscaler.pipeline import Settings, stage_named
from agentscaler.pipeline.costs import costs_of, estimate
from agentscaler.pipeline.models import CALLS, open_models, prompts_of
from agentscaler.pipeline.run import _fingerprint
from agentscaler.pipeline.stages import _until
from agentscaler.rollout import ModelAgent, ModelUser
from agentscaler.runfolder import Fingerprint, RunFolder


def settings(agent_is: str = "model", user_is: str = "model", **llm: Any) -> Settings:
    given = {"default": {"model": "tiny"}, **llm}
    playing = {"agent": agent_is, "user": user_is}
    return Settings.model_validate({"rollout": playing, "llm": given})


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.open(tmp_path / "run", create=True)


def fingerprint(folder: RunFolder, given: Settings) -> Fingerprint:
    return _fingerprint(folder, stage_named("rollout"), given)


def test_rules_know_nothing_of_models(folder: RunFolder) -> None:
    one = fingerprint(folder, settings("expert", "scripted"))
    other = fingerprint(folder, settings("expert", "scripted", default={"model": "large"}))
    assert one == other
    assert not any(name.startswith("prompt") for name in one.inputs)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"default": {"model": "large"}}, "llm.agent.model"),
        ({"user": {"model": "large"}}, "llm.user.model"),
        ({"default": {"model": "tiny", "sampling": {"temperature": 1}}}, "llm.agent.sampling"),
        ({"default": {"model": "tiny", "tools": "text"}}, "input prompt text_calls.md is new"),
    ],
)
def test_what_decides_the_answers_is_in_the_fingerprint(
    folder: RunFolder, changed: dict[str, Any], what: str
) -> None:
    before = fingerprint(folder, settings())
    changes = fingerprint(folder, settings(**changed)).changes_since(before)
    assert any(what in change for change in changes), changes


@pytest.mark.parametrize(
    "changed",
    [
        {"default": {"model": "tiny", "input_usd": 3, "concurrency": 2, "request_seconds": 9}},
        {"default": {"model": "tiny", "base_url": "http://elsewhere/v1", "api_key_env": "KEY"}},
        {"budget_usd": 3, "budget_tokens": 4},
        {"judge": {"model": "large"}},
    ],
)
def test_what_does_not_is_not(folder: RunFolder, changed: dict[str, Any]) -> None:
    assert fingerprint(folder, settings(**changed)) == fingerprint(folder, settings())


def test_each_prompt_that_is_used_is_an_input_with_its_digest(folder: RunFolder) -> None:
    given = settings()
    inputs = fingerprint(folder, given).inputs
    for prompt in prompts_of(given.rollout, given.llm):
        assert inputs[f"prompt {prompt.name}"] == prompt.digest
    assert "prompt user.md" in inputs
    assert "prompt user.md" not in fingerprint(folder, settings(user_is="scripted")).inputs


def test_the_makers_are_those_that_the_settings_name(
    folder: RunFolder, library: Any, library_tasks: Any
) -> None:
    task = library_tasks["read"]
    with open_models(folder.path, settings().llm, "rollout", 0) as models:
        agent, user = models.agent(settings().rollout), models.user(settings().rollout)
        assert agent is not None
        assert user is not None
        assert isinstance(agent(library, task, "seed"), ModelAgent)
        assert isinstance(user(library, task, "seed"), ModelUser)
        assert models.agent(settings("expert").rollout) is None
        assert models.user(settings(user_is="scripted").rollout) is None


def test_a_model_without_a_name_is_asked_for(folder: RunFolder) -> None:
    given = settings(default={})
    with (
        open_models(folder.path, given.llm, "rollout", 0) as models,
        pytest.raises(SettingsError, match=r"llm\.default\.model"),
    ):
        models.agent(given.rollout)


def test_a_run_that_asked_no_model_has_no_bill_and_gets_no_file(folder: RunFolder) -> None:
    assert costs_of(folder) == []
    assert not (folder.path / CALLS).exists()


def test_nothing_is_estimated_before_anything_was_played(folder: RunFolder) -> None:
    with CallStore(folder.path / CALLS) as store:  # of a stage that was thrown away
        usage = Usage(prompt_tokens=5)
        store.keep(b"k", Completion(usage=usage), Account("rollout", "agent", "tiny"), 7, 0.0)
    known = estimate(folder, "rollout", settings())
    assert (known.done, known.left) == (0, 0)
    assert [(line.role, line.calls) for line in known.roles] == [("agent", None), ("user", None)]
    assert estimate(folder, "rollout", settings("expert", "scripted")).roles == ()


def test_a_stage_that_asks_no_models_has_no_estimate(folder: RunFolder) -> None:
    with pytest.raises(SettingsError, match="pool, domains, tasks, rollout"):
        estimate(folder, "graph", settings())


def test_the_code_of_models_counts_only_where_they_are_asked(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("agentscaler.pipeline.run"), "code_version", " ".join)
    told = settings().model_dump(exclude_defaults=True)
    asking = Settings.model_validate({**told, "pool": {"model_parts": ["all"]}})
    assert "llm" not in _fingerprint(folder, stage_named("pool"), settings()).code.split()
    assert "llm" in _fingerprint(folder, stage_named("pool"), asking).code.split()


def test_no_model_works_on_more_domains_than_are_wanted(library: Any) -> None:
    outcomes = [DomainOutcome(number, library if number % 2 else None, []) for number in range(5)]
    assert [one.community for one in _until(1, outcomes)] == [0, 1]
    assert list(_until(None, outcomes)) == outcomes
