"""`Learner`: the seam between an experiment and what is trained in it; and the rehearsal.

An experiment asks four things of a learner: to fit its tokenizer, to render a dialogue, to learn
from a stream of rendered dialogues, and to play what it has learned.  All of a learner's state is
in folders, so that a point that was stopped goes on in another process.
"""

import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from agentscaler.dataset import Example
from agentscaler.experiment.tokenstore import StoredDialogue
from agentscaler.rollout import AgentMaker, ExpertMaker, SlippingMaker
from agentscaler.training import ByteTokenizer, Rendered, load_template, render
from agentscaler.training.small.tokenizer import compact_controls

__all__ = ["Learner", "Lesson", "Player", "Rehearsal", "domain_of_dialogue"]

FAULT_MARK = "#"
"""Stands in a dialogue's id before the kind of a fault that was planted in it."""


@dataclass(frozen=True)
class Lesson:
    """One phase of training.

    Attributes:
        phase: its name ("general").
        stream: what is learned from, in this order, each once; read lazily.
        domains: how many the stream is from; `data` is a digest of what it is made of.
        seed: of everything random in it.
        start: the checkpoint to go on from; None begins from nothing.
        folder: the learner's own, where it keeps what it needs to go on when it was stopped.
        fitted: the folder of its tokenizer.
        held_out: dialogues on which the loss is measured.
        max_tokens: of the longest dialogue that may be shown.
        system: whether dialogues have system messages.
        threads: of the linear algebra.
        watch: is told the tokens seen so far, now and then.
    """

    phase: str
    stream: Iterable[StoredDialogue]
    domains: int
    data: str
    seed: int
    start: Path | None
    folder: Path
    fitted: Path
    held_out: Sequence[StoredDialogue]
    max_tokens: int
    system: bool
    threads: int
    watch: Callable[[int], None]


@dataclass(frozen=True)
class Player:
    """Plays a checkpoint.

    Attributes:
        in_flight: episodes that it plays at the same time; None for one that never waits.
        at_end: awaited when the episodes are over.
    """

    agent: AgentMaker
    in_flight: int | None = None
    at_end: Callable[[], Awaitable[None]] | None = None


class Learner(Protocol):
    """What is trained in an experiment; picklable."""

    @property
    def name(self) -> str: ...

    def fit(self, examples: Iterable[Example], folder: Path) -> None:
        """Makes the tokenizer, from dialogues of training domains; called once an experiment."""
        ...

    def render(self, example: Example, folder: Path) -> Rendered:
        """A dialogue as text and tokens, with the tokenizer of `folder`.

        Raises:
            TemplateRefusedError: it cannot be rendered.
        """
        ...

    def learn(self, lesson: Lesson) -> Path:
        """Trains, or goes on with a training that was stopped; the folder of the checkpoint."""
        ...

    def player(self, checkpoint: Path) -> Player:
        """Plays the checkpoint, once; for the next trial there is another."""
        ...


def domain_of_dialogue(name: str) -> str:
    """The domain of a dialogue, by its id."""
    return name.split("/")[0]


@dataclass(frozen=True)
class Rehearsal:
    """Trains nothing: an agent of rules that errs the less, the more domains it was shown.

    For trying the machinery of an experiment before hours are spent on it.  It gets each call wrong
    with a chance of `worst * domains ** -decay`, and the more often, the more of what it was shown
    has faults.
    """

    worst: float = 0.9
    decay: float = 0.35
    name: str = "rehearsal"

    def fit(self, examples: Iterable[Example], folder: Path) -> None:
        (folder / "rehearsal.json").write_bytes(orjson.dumps(compact_controls()))

    def render(self, example: Example, folder: Path) -> Rendered:
        controls = orjson.loads((folder / "rehearsal.json").read_bytes())
        return render(example, load_template("compact"), ByteTokenizer(controls))

    def learn(self, lesson: Lesson) -> Path:
        """Writes down how many domains and faults there were in the lesson and those before it."""
        seen: dict[str, Any] = {"domains": [], "dialogues": 0, "faulty": 0}
        if lesson.start is not None:
            seen = orjson.loads((lesson.start / "seen.json").read_bytes())
        names, tokens = [], 0
        for one in lesson.stream:
            names.append(one.id)
            tokens += len(one.ids)
        domains = {*seen["domains"], *map(domain_of_dialogue, names)}
        checkpoint = lesson.folder / "checkpoint"
        checkpoint.mkdir(parents=True, exist_ok=True)
        learned = {
            "domains": sorted(domains),
            "dialogues": seen["dialogues"] + len(names),
            "faulty": seen["faulty"] + sum(FAULT_MARK in name for name in names),
            "jitter": random.Random(f"{lesson.seed}/rehearsal").uniform(0.9, 1.1),
        }
        (checkpoint / "seen.json").write_bytes(orjson.dumps(learned))
        lesson.watch(tokens)
        return checkpoint

    def player(self, checkpoint: Path) -> Player:
        seen = orjson.loads((checkpoint / "seen.json").read_bytes())
        faulty = seen["faulty"] / max(seen["dialogues"], 1)
        error = self.worst * max(len(seen["domains"]), 1) ** -self.decay * seen["jitter"]
        return Player(SlippingMaker(ExpertMaker(0.0), min(1.0, error + faulty / 2)))
