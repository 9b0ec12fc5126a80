"""The recipe `small`: whole, allowed, and for one process."""

from pathlib import Path

import pytest

from agentscaler.errors import InputError, SettingsError
from agentscaler.settings import parse_override
from agentscaler.training import Recipe, load_recipe, recipe_names
from agentscaler.training.small.phase import small_recipe, train_small_phase
from agentscaler.training.small.settings import SmallModelSettings

DRAWN = {"tokens", "order", "batch_tokens", "window"}
OF_THE_MACHINE = {"device", "evaluations", "log_steps", "save_seconds", "save_steps"}


def test_the_recipe_says_everything_that_decides_its_training() -> None:
    assert "small" in recipe_names()
    small = small_recipe(load_recipe("small"))
    written = small.general.model_dump(exclude_unset=True)
    assert set(type(small.general).model_fields) - set(written) == DRAWN | OF_THE_MACHINE
    assert set(written["model"]) == set(SmallModelSettings.model_fields)
    assert small.vertical.matrix_rate < small.general.matrix_rate


def test_a_setting_that_is_not_there_is_named() -> None:
    recipe = load_recipe("small", [parse_override("small.general.matrix_rat=1")])
    with pytest.raises(SettingsError, match="matrix_rat"):
        small_recipe(recipe)


def test_several_processes_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    recipe: Recipe = load_recipe("small")
    nothing = (None, None, None, None)
    with pytest.raises(InputError, match="by one process"):
        train_small_phase(recipe, "general", *nothing, tmp_path)  # type: ignore[arg-type]
