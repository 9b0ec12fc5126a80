"""Recipes: whole, pinned, and checked."""

from pathlib import Path

import pytest

from agentscaler.errors import InputError, SettingsError
from agentscaler.settings import Layer, parse_override
from agentscaler.training import load_recipe, load_template, recipe_names
from agentscaler.training.estimate import estimate_phase
from agentscaler.training.recipe import PhaseSettings


@pytest.mark.parametrize("name", ["qwen3-4b", "qwen3-8b", "qwen3-30b-a3b"])
def test_the_paper_s_sizes_have_recipes_with_everything_in_them(name: str) -> None:
    assert name in recipe_names()
    recipe = load_recipe(name)
    assert recipe.name == name
    load_template(recipe.template)
    for phase in (recipe.phase("general"), recipe.phase("vertical")):
        written = phase.model_dump(exclude_unset=True)
        assert set(PhaseSettings.model_fields) - set(written) <= {"tokens"}, "nothing by default"
        assert phase.batch_tokens % (phase.max_length * 8) == 0, "8 GPUs can share it"
    assert recipe.hardware is not None
    assert recipe.serving is not None
    command = recipe.serving.command("here")
    assert "--chat-template here/chat_template.jinja" in command
    assert "--enable-auto-tool-choice" in command
    estimate = estimate_phase(recipe.hardware, recipe.phase("general"), 10**9, 6000)
    assert estimate.memory < estimate.room
    assert "not measured" in str(estimate)


def test_settings_lie_over_a_recipe_and_mistakes_are_named() -> None:
    layer = parse_override("general.learning_rate=0.5")
    assert load_recipe("qwen3-4b", [layer]).phase("general").learning_rate == 0.5
    with pytest.raises(SettingsError, match=r"no setting general.learnin_rate"):
        load_recipe("qwen3-4b", [parse_override("general.learnin_rate=1")])
    with pytest.raises(SettingsError, match="epochs or tokens, and not both"):
        load_recipe("qwen3-4b", [parse_override("general.tokens=1000")])
    with pytest.raises(SettingsError, match="batch_tokens >= max_length"):
        load_recipe("qwen3-4b", [parse_override("general.batch_tokens=100")])
    with pytest.raises(SettingsError, match="multiple of log_every"):
        load_recipe("qwen3-4b", [parse_override("general.log_every=7")])


def test_a_recipe_of_one_s_own_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    phase = "{epochs: 1, batch_tokens: 10, max_length: 10}"
    file.write_text(f"name: mine\nmodel: m\ntemplate: qwen3\ngeneral: {phase}\nvertical: {phase}\n")
    assert load_recipe(str(file)).name == "mine"
    with pytest.raises(InputError, match="There is no recipe nowhere") as error:
        load_recipe("nowhere")
    assert "qwen3-8b" in error.value.remedy
    file.write_text(f"name: mine\nmodel: m\ntemplate: qwen3\ngeneral: {phase}\n")
    with pytest.raises(SettingsError, match="needs the sections general and vertical"):
        load_recipe(str(file))


def test_adapters_need_less_memory_and_more_gpus_less_time() -> None:
    recipe = load_recipe("qwen3-8b")
    assert recipe.hardware is not None
    whole = recipe.phase("general")
    adapters = load_recipe("qwen3-8b", [Layer("test", {"general": {"lora": {"rank": 8}}})]).phase(
        "general"
    )
    full = estimate_phase(recipe.hardware, whole, 10**9, 6000)
    less = estimate_phase(recipe.hardware, adapters, 10**9, 6000)
    assert less.memory < full.memory
    assert less.hours < full.hours
    double = recipe.hardware.model_copy(update={"gpus": 16})
    assert estimate_phase(double, whole, 10**9, 6000).hours == pytest.approx(full.hours / 2)
    # 8.19e9 parameters at 8 operations, and attention, at 40% of 8 x 989 TFLOPS
    a_token = 8 * 8.19e9 + 12 * 36 * 4096 * 3000
    assert full.hours == pytest.approx(a_token * 1e9 / (8 * 989e12 * 0.4) / 3600)
