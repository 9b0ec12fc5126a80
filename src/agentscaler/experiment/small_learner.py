"""`SmallLearner`: our small model from scratch as the learner of an experiment.

It writes calls in the template `compact`, with a tokenizer of its own, and plays through the same
`LocalModel` as any checkpoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from agentscaler.dataset import Example
from agentscaler.experiment.learner import Lesson, Player
from agentscaler.experiment.settings import SmallRecipe
from agentscaler.rollout import ModelAgentMaker
from agentscaler.training import (
    ByteTokenizer,
    ChatTemplate,
    CheckpointRecord,
    FileTokenizer,
    Rendered,
    load_template,
    load_tokenizer,
    render,
)
from agentscaler.training.local_model import LocalModel, open_checkpoint
from agentscaler.training.small import save_tokenizer, train_small, train_tokenizer
from agentscaler.training.small.tokenizer import compact_controls

__all__ = ["SmallLearner"]

_TEMPLATE = "compact"
_LONGEST = 2048
"""Tokens of an episode: it may go on for longer than any dialogue that was learned from."""


@dataclass(frozen=True)
class SmallLearner:
    """See the module.

    Attributes:
        most_tools: that it is shown when it plays.
    """

    recipe: SmallRecipe
    most_tools: int | None
    name: str = "small"

    def fit(self, examples: Iterable[Example], folder: Path) -> None:
        template, bytewise = _template(), ByteTokenizer(compact_controls())
        texts = (
            render(one, template, bytewise).text
            for one in islice(examples, self.recipe.fit_dialogues)
        )
        save_tokenizer(train_tokenizer(texts, self.recipe.vocabulary), folder)

    def render(self, example: Example, folder: Path) -> Rendered:
        return render(example, _template(), _tokenizer(folder))

    def learn(self, lesson: Lesson) -> Path:
        chosen = self.recipe.training
        if lesson.start is not None and self.recipe.next is not None:
            chosen = self.recipe.next
        settings = chosen.model_copy(
            update={"tokens": None, "order": "given", "threads": lesson.threads}
        )
        result = train_small(
            lesson.stream,
            settings,
            folder=lesson.folder,
            tokenizer=lesson.fitted,
            record=CheckpointRecord(
                template=_TEMPLATE,
                system=lesson.system,
                thinking=False,
                max_length=min(_LONGEST, settings.model.positions),
                trainer="small",
                recipe=self.name,
            ),
            phase=lesson.phase,
            data_fingerprint=lesson.data,
            domains=lesson.domains,
            seed=lesson.seed,
            start=lesson.start,
            held_out=lesson.held_out,
            watch=lesson.watch,
        )
        return result.checkpoint

    def player(self, checkpoint: Path) -> Player:
        recipe = self.recipe
        model = LocalModel(
            open_checkpoint(checkpoint), max_new_tokens=recipe.max_new_tokens, rows=recipe.rows
        )
        agent = ModelAgentMaker(model, most_tools=self.most_tools)
        return Player(agent, recipe.in_flight, model.aclose)


@cache
def _template() -> ChatTemplate:
    """Compiled once for the thousands of dialogues that are rendered with it."""
    return load_template(_TEMPLATE)


@lru_cache(maxsize=2)
def _tokenizer(folder: Path) -> FileTokenizer:
    """Read once, likewise."""
    return load_tokenizer(folder)
