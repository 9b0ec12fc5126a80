"""Which dialogues a phase of training is given: `select_examples`, and the digest of what it chose.

    examples of a run -> filter by domain and kind -> show less of them, if asked for
                      -> order by seed -> leave out the too long
                      -> set some apart for evaluation -> stop at a budget of tokens

Everything that is left out is counted by its reason.  The order, and which are set apart, follow
from each example's own ids and the seed, so they hardly depend on what else is in the run.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal, Self

import orjson
from pydantic import Field, model_validator

from agentscaler.dataset import DatasetDomain, Example, Split
from agentscaler.settings import Section
from agentscaler.task.toolbox import shown_tools

__all__ = [
    "Candidate",
    "Chosen",
    "DataSelection",
    "LeftOut",
    "Selected",
    "admit",
    "candidate_of",
    "choose",
    "select_examples",
    "show",
    "without_system",
]

_CURATED = "curated"
"""The engine of a domain that was written by hand, which is what a vertical is."""

Kind = Literal["read", "write", "special"]


class LeftOut(StrEnum):
    """Why an example is not trained on."""

    SPLIT = "split"
    """It is of the other split."""
    DOMAIN = "domain"
    """Its domain is none of those named, or is one not to be used."""
    KIND = "kind"
    """Its task is of another kind."""
    LENGTH = "length"
    """It has more tokens than allowed; nothing is ever cut."""
    NOTHING_LEARNED = "nothing_learned"
    """No token of it is to be learned."""
    APART = "apart"
    """It is kept for evaluation."""
    BUDGET = "budget"
    """The budget of tokens is used up."""


class DataSelection(Section):
    """Which examples of a run's training set are used, and in which order.

    A name may be a pattern, as in "aws-*".  Where domains, services and verticals are named, an
    example is used whose domain is named by any of them; where none are, all domains are used.

    Attributes:
        split: of the run's domains.
        domains: ids.
        services: as in "aws.s3".
        verticals: domains that were written by hand; "all" means each of them.
        without: domains or services that are not used, whatever names them.
        kinds: of task.
        max_tokens: longer examples are left out; None allows what the phase's `max_length` does.
        system: False leaves the system message out, for models too small to read a policy.
        most_tools: how many tools are shown: those that the dialogue calls, and others by the
            seed; None shows all of the domain's.
        order: "shuffled" by the seed; "as_made", domain after domain; "short_first".
        seed: of the order, and of what is set apart.
        tokens: a budget; the examples that fit into it, in order.
    """

    split: Split = "train"
    domains: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    verticals: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    max_tokens: int | None = Field(default=None, ge=1)
    system: bool = True
    most_tools: int | None = Field(default=None, ge=1)
    order: Literal["shuffled", "as_made", "short_first"] = "shuffled"
    seed: int = 0
    tokens: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _names_are_not_empty(self) -> Self:
        names = (*self.domains, *self.services, *self.verticals, *self.without)
        if not all(names):
            raise ValueError("a name of a domain, a service or a vertical is empty")
        return self

    @property
    def names_domains(self) -> bool:
        """Whether some domains are chosen before others."""
        return bool(self.domains or self.services or self.verticals)


@dataclass(frozen=True)
class Candidate:
    """What is to be known of an example to choose it.

    Attributes:
        id: of the example.
        task: of its task; all dialogues of a task are set apart together.
        domain: id.
        tokens, learned: as rendered.
        digest: of what is rendered of it.
    """

    id: str
    task: str
    domain: str
    tokens: int
    learned: int
    digest: str


@dataclass(frozen=True)
class Chosen:
    """Places in a sequence of candidates, and what became of the others.

    Attributes:
        places: what is trained on, in order.
        apart: what is kept for evaluation, in order.
        left_out: how many for each reason.
        tokens, learned: of what is trained on.
        domains: how many those are of.
        fingerprint: digest of ids and contents of what is trained on, in order.
    """

    places: tuple[int, ...]
    apart: tuple[int, ...]
    left_out: Mapping[LeftOut, int]
    tokens: int
    learned: int
    domains: int
    fingerprint: str


@dataclass(frozen=True)
class Selected:
    """What `select_examples` gives: examples in order, and how they were chosen."""

    examples: tuple[Example, ...]
    apart: tuple[Example, ...]
    chosen: Chosen = field(repr=False)


def select_examples(
    examples: Iterable[Example],
    selection: DataSelection,
    domains: Mapping[str, DatasetDomain],
    length: Callable[[Example], tuple[int, int]],
    *,
    apart: float = 0.0,
) -> Selected:
    """The examples that a phase is trained on.

    Args:
        domains: of the run, by id.
        length: tokens of an example, and how many of them are learned.
        apart: share of the tasks whose examples are kept for evaluation.
    """
    kept: list[Example] = []
    candidates: list[Candidate] = []
    refused: Counter[LeftOut] = Counter()
    for example in examples:
        if (reason := admit(example, selection, domains)) is not None:
            refused[reason] += 1
            continue
        shown = show(example, selection)
        kept.append(shown)
        candidates.append(candidate_of(shown, *length(shown)))
    chosen = choose(candidates, selection, apart=apart, refused=refused)
    return Selected(
        tuple(kept[place] for place in chosen.places),
        tuple(kept[place] for place in chosen.apart),
        chosen,
    )


def admit(
    example: Example, selection: DataSelection, domains: Mapping[str, DatasetDomain]
) -> LeftOut | None:
    """Why an example is left out before it is rendered; None if it is not."""
    if example.split != selection.split:
        return LeftOut.SPLIT
    if selection.names_domains and not _is_named(example.domain, selection, domains):
        return LeftOut.DOMAIN
    domain = domains.get(example.domain)
    names = (example.domain, domain.service) if domain is not None else (example.domain,)
    if any(_matches(name, selection.without) for name in names):
        return LeftOut.DOMAIN
    if selection.kinds and example.kind not in selection.kinds:
        return LeftOut.KIND
    return None


def candidate_of(example: Example, tokens: int, learned: int) -> Candidate:
    """What is to be known of an example to choose it."""
    content = orjson.dumps([example.messages, example.tools, example.loss_mask])
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Candidate(example.id, example.task, example.domain, tokens, learned, digest)


def choose(
    candidates: Sequence[Candidate],
    selection: DataSelection,
    *,
    max_length: int | None = None,
    apart: float = 0.0,
    refused: Mapping[LeftOut, int] | None = None,
) -> Chosen:
    """Orders the candidates, and takes what is allowed.

    Args:
        max_length: in tokens, beside the selection's `max_tokens`.
        apart: share of the tasks whose examples are kept for evaluation; at least one task of
            several, unless it is 0.
        refused: what was left out before.
    """
    limits = [limit for limit in (selection.max_tokens, max_length) if limit is not None]
    longest = min(limits, default=None)
    left_out = Counter(refused or {})
    tasks_apart = _tasks_apart(candidates, selection.seed, apart)
    places: list[int] = []
    kept: list[int] = []
    total = 0
    spent = False
    for place in _ordered(candidates, selection):
        one = candidates[place]
        if longest is not None and one.tokens > longest:
            left_out[LeftOut.LENGTH] += 1
        elif not one.learned:
            left_out[LeftOut.NOTHING_LEARNED] += 1
        elif (one.domain, one.task) in tasks_apart:
            kept.append(place)
            left_out[LeftOut.APART] += 1
        elif spent or (selection.tokens is not None and total + one.tokens > selection.tokens):
            spent = True
            left_out[LeftOut.BUDGET] += 1
        else:
            places.append(place)
            total += one.tokens
    digest = hashlib.sha256()
    for place in places:
        digest.update(f"{candidates[place].id} {candidates[place].digest}\n".encode())
    return Chosen(
        tuple(places),
        tuple(kept),
        {reason: left_out[reason] for reason in LeftOut if left_out[reason]},
        total,
        sum(candidates[place].learned for place in places),
        len({candidates[place].domain for place in places}),
        digest.hexdigest()[:16],
    )


def show(example: Example, selection: DataSelection) -> Example:
    """The example with what a model is to see of it: without its system message, or fewer tools."""
    if not selection.system:
        example = without_system(example)
    if selection.most_tools is not None:
        seed = f"{selection.seed}/{example.task}/tools"
        example = with_fewer_tools(example, selection.most_tools, seed)
    return example


def without_system(example: Example) -> Example:
    """The example without its system messages."""
    kept = [n for n, message in enumerate(example.messages) if message["role"] != "system"]
    return example.model_copy(
        update={
            "messages": [example.messages[n] for n in kept],
            "loss_mask": [example.loss_mask[n] for n in kept],
        }
    )


def with_fewer_tools(
    example: Example, most: int | None, seed: str, needed: Collection[str] = ()
) -> Example:
    """The example with at most so many tools, in their order: those that it calls or that are
    needed besides, however many, and others by the seed."""
    called = {
        call["function"]["name"]
        for message in example.messages
        for call in message.get("tool_calls") or ()
    }
    names = [tool["function"]["name"] for tool in example.tools]
    shown = set(shown_tools(names, {*called, *needed} & set(names), most, seed))
    places = [place for place, name in enumerate(names) if name in shown]
    return example.model_copy(
        update={
            "tools": [example.tools[place] for place in places],
            "fingerprints": [example.fingerprints[place] for place in places],
        }
    )


def _is_named(name: str, selection: DataSelection, domains: Mapping[str, DatasetDomain]) -> bool:
    if _matches(name, selection.domains):
        return True
    domain = domains.get(name)
    if domain is None:
        return False
    if _matches(domain.service, selection.services):
        return True
    return domain.engine == _CURATED and (
        "all" in selection.verticals or _matches(name, selection.verticals)
    )


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _ordered(candidates: Sequence[Candidate], selection: DataSelection) -> list[int]:
    places = list(range(len(candidates)))
    if selection.order == "shuffled":
        places.sort(key=lambda n: _share(f"order {selection.seed} {candidates[n].id}"))
    elif selection.order == "short_first":
        places.sort(key=lambda n: (candidates[n].tokens, candidates[n].id))
    return places


def _tasks_apart(
    candidates: Sequence[Candidate], seed: int, share: float
) -> frozenset[tuple[str, str]]:
    tasks = {(one.domain, one.task) for one in candidates}
    if not share or len(tasks) < 2:
        return frozenset()
    drawn = {task: _share(f"apart {seed} {' '.join(task)}") for task in sorted(tasks)}
    first = min(drawn, key=lambda task: drawn[task])
    return frozenset(task for task in drawn if drawn[task] < share or task == first)


def _share(text: str) -> float:
    """A number in [0, 1) that follows from a text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
