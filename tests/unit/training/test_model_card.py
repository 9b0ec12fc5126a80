"""The card says what a checkpoint is, from the plan and the record."""

from dataclasses import replace
from pathlib import Path

import yaml

from agentscaler.training import CheckpointRecord, PhaseRecord, load_recipe, plan_phase
from agentscaler.training.model_card import CardFacts, render_model_card
from agentscaler.training.selection import Candidate, LeftOut
from agentscaler.training.starting import StartingModel


def facts(*, system: bool = True) -> CardFacts:
    recipe = load_recipe("qwen3-4b")
    train = [Candidate(f"e{n}", f"t{n}", f"d{n}", 500, 50, "x") for n in range(90)]
    plan = plan_phase(train, train[:2], recipe.phase("general"), refused={LeftOut.KIND: 7})
    phase = PhaseRecord(
        phase="general",
        seed=0,
        steps=12,
        tokens=90_000,
        learned_tokens=9_000,
        loss=0.51239,
        eval_loss=0.61239,
        data_fingerprint=plan.chosen.fingerprint,
        domains=90,
        examples=90,
    )
    record = CheckpointRecord(
        template="qwen3",
        system=system,
        thinking=True,
        max_length=16384,
        trainer="trl",
        phases=(phase,),
    )
    model = StartingModel("Qwen/Qwen3-4B", Path("m"), None, "digest")
    return CardFacts(recipe, "general", plan, model, record, "run-digest")


def test_a_card_has_data_losses_settings_and_the_way_to_serve() -> None:
    told = facts()
    card = render_model_card(told)
    assert f"| 9,000 | 0.5124 | 0.6124 | 0 | `{told.plan.chosen.fingerprint}` |" in card
    assert "- left out (kind): 7" in card
    assert "2 dialogues of 2 domains, domains that no phase trains on" in card
    assert "vllm serve ." in card
    assert "without system messages" not in card
    settings = yaml.safe_load(card.split("```yaml\n")[1].split("```")[0])
    assert settings["general"] == told.recipe.phase("general").model_dump(mode="json")
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["base_model"] == "Qwen/Qwen3-4B"


def test_it_says_when_there_must_be_no_system_message() -> None:
    assert "give it none" in render_model_card(facts(system=False))


def test_it_says_so_where_the_loss_was_not_on_the_agents_own_words_only() -> None:
    told = facts()
    assert "calls only (arXiv" in render_model_card(told)
    reads = told.recipe.model_copy(update={"small": {"general": {"context_weight": 0.3}}})
    card = render_model_card(replace(told, recipe=reads))
    assert "calls only" not in card
    assert "with a smaller weight on tokens of the context" in card
