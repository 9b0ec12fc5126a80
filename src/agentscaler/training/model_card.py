"""The card of a checkpoint: what it was made from, how, with which losses, and how to serve it.

It is Markdown with the YAML front matter that Hugging Face reads.  Every figure follows from the
plan and the record of the training.
"""

from dataclasses import dataclass

import yaml

from agentscaler import __version__
from agentscaler.training.checkpoint import CheckpointRecord, PhaseRecord
from agentscaler.training.phase import PhasePlan
from agentscaler.training.recipe import Phase, Recipe
from agentscaler.training.starting import StartingModel

__all__ = ["CARD", "CardFacts", "render_model_card"]

CARD = "README.md"


@dataclass(frozen=True)
class CardFacts:
    """What a card is made of.

    Attributes:
        recipe, phase, plan: of the last phase.
        model: that it began with.
        record: of the checkpoint.
        dataset: fingerprint of the run's training set.
    """

    recipe: Recipe
    phase: Phase
    plan: PhasePlan
    model: StartingModel
    record: CheckpointRecord
    dataset: str


def render_model_card(facts: CardFacts) -> str:
    """The text of `README.md`."""
    front = {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "language": ["en"],
        "base_model": facts.model.name,
        "tags": ["agentscaler", "tool-use", "function-calling", "agents", "sft"],
    }
    text: str = yaml.safe_dump(front, sort_keys=False, width=100)
    parts = (
        _introduction(facts),
        _phases(facts.record.phases),
        _data(facts),
        _settings(facts),
        _serving(facts),
        _limits(facts),
    )
    return f"---\n{text}---\n\n" + "\n".join(parts)


def _introduction(facts: CardFacts) -> str:
    small = (facts.recipe.small or {}).get(facts.phase) or {}
    # A model that begins with nothing may read before it acts; then that is no fine-tuning alone.
    reads = bool(small.get("context_weight"))
    only = "" if reads else "only "
    also = ", and with a smaller weight on tokens of the context" if reads else ""
    return f"""# {facts.recipe.name}, phase {facts.phase}

An agent that calls tools, trained by supervised fine-tuning on dialogues of simulated, verified
tool worlds. It began with `{facts.model.name}`. The loss was taken on the agent's own words,
thinking and calls {only}(arXiv 2509.13311){also}; system messages, tool definitions, users' turns
and results were context. Made by agentscaler {__version__}.
"""


def _phases(phases: tuple[PhaseRecord, ...]) -> str:
    rows = "\n".join(
        f"| {one.phase} | {one.domains:,} | {one.examples:,} | {one.steps:,} | {one.tokens:,} | "
        f"{one.learned_tokens:,} | {one.loss:.4f} | "
        f"{'-' if one.eval_loss is None else f'{one.eval_loss:.4f}'} | {one.seed} | "
        f"`{one.data_fingerprint}` |"
        for one in phases
    )
    return f"""## Phases

| phase | domains | dialogues | steps | tokens seen | of them learned | loss | evaluation loss \
| seed | data |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---|
{rows}

Losses are means a learned token, in nats: the loss over the last tenth of the steps, the evaluation
loss at the end. The last column is the fingerprint of the dialogues: a digest of their ids and
contents in order.
"""


def _data(facts: CardFacts) -> str:
    plan = facts.plan
    lines = [
        f"- training set of the run: `{facts.dataset}`",
        f"- dialogues of this phase: {len(plan.chosen.places):,} of {plan.chosen.domains:,} "
        f"domains, {plan.chosen.tokens:,} tokens, {plan.chosen.learned:,} of them learned",
    ]
    lines += [f"- left out ({reason}): {n:,}" for reason, n in plan.chosen.left_out.items()]
    if plan.evaluation is None:
        lines.append("- evaluated on: nothing")
    else:
        where = (
            "domains that no phase trains on"
            if plan.evaluation.source == "held_out"
            else "tasks set apart from the training domains"
        )
        lines.append(
            f"- evaluated on: {len(plan.evaluation.chosen.places):,} dialogues of "
            f"{plan.evaluation.chosen.domains:,} domains, {where}, `"
            f"{plan.evaluation.chosen.fingerprint}`"
        )
    return "## Data\n\n" + "\n".join(lines) + "\n"


def _settings(facts: CardFacts) -> str:
    settings = facts.recipe.phase(facts.phase)
    told: dict[str, object] = {
        "recipe": facts.recipe.name,
        "model": facts.model.name,
        "model_digest": facts.model.digest,
        "template": facts.record.template,
        "thinking": facts.record.thinking,
        "attention": facts.recipe.attention,
        facts.phase: settings.model_dump(mode="json"),
        **({"small": facts.recipe.small} if facts.recipe.small is not None else {}),
    }
    text = yaml.safe_dump(told, sort_keys=False, width=100)
    return f"## Settings\n\n```yaml\n{text}```\n"


def _serving(facts: CardFacts) -> str:
    system = (
        "" if facts.record.system else "\nIt was trained without system messages: give it none.\n"
    )
    rule = """
The template in this folder is the one of the training: another one, the base model's own too, shows
the model what it never saw. Control tokens in what users or tools say have to be defused, as
`agentscaler.training.defuse` does.
"""
    if facts.recipe.serving is None:
        return f"## Serving\n{rule}{system}"
    command = facts.recipe.serving.command(".")
    return f"## Serving\n\nIn this folder:\n\n```bash\n{command}\n```\n{rule}{system}"


def _limits(facts: CardFacts) -> str:
    return f"""## Limits

- It was trained on simulated users and tools that were made from API descriptions, in English, up
  to {facts.record.max_length:,} tokens a dialogue. What it does to real systems has to be watched.
- A loss says nothing of whether tasks get done: measure that by playing.
- The base model's licence and those of the dialogues apply; the data set's card names the latter.
"""
