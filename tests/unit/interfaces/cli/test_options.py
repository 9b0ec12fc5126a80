"""`Options`: which of several places wins when settings are put together."""

from pathlib import Path

import pytest

from agentscaler.errors import SettingsError
from agentscaler.interfaces.cli.options import Options


def test_a_run_remembers_and_later_places_win(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("seed: 2\npool: {limit: 20}\ntask: {per_domain: 20}\n")
    remembered = {"seed": 1, "pool": {"limit": 10}, "rollout": {"trials": 5}}
    options = Options(config, ["task.per_domain=30", "seed=3"], ["botocore"], seed=4, workers=1)
    settings = options.settings(remembered, limited="pool")
    assert settings.rollout.trials == 5
    assert settings.pool.limit == 20
    assert settings.task.per_domain == 30
    assert settings.seed == 4
    assert settings.sources == ("botocore",)
    assert settings.workers == 1


def test_the_limit_goes_to_the_section_of_the_command() -> None:
    settings = Options(limit=5).settings({}, limited="domain")
    assert settings.domain.limit == 5
    assert settings.pool.limit is None


def test_a_larger_budget_lies_over_the_one_that_the_run_remembers() -> None:
    remembered = {"llm": {"budget_usd": 1.0, "budget_tokens": 5, "default": {"model": "tiny"}}}
    settings = Options(budget_usd=2.5).settings(remembered, limited="rollout")
    assert (settings.llm.budget_usd, settings.llm.budget_tokens) == (2.5, 5)
    assert settings.llm.default.model == "tiny"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(budget_usd=-1), r"llm\.budget_usd cannot be -1 \(from --budget-usd\)"),
        (Options(limit=-1), r"pool\.limit cannot be -1 \(from --limit\)"),
        (Options(workers=0), r"workers cannot be 0 \(from --workers\)"),
        (Options(overrides=["pool.limit=few"]), r"pool\.limit cannot be 'few' \(from --set\)"),
        (Options(overrides=["pool.limits=1"]), r"Did you mean pool\.limit\?"),
    ],
)
def test_a_mistake_is_told_with_the_option_it_came_by(options: Options, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        options.settings({}, limited="pool")
