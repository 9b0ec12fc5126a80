"""How a user tells facts: in answer to a question, or in sentences beside a request."""

import re
from collections.abc import Sequence

from agentscaler.domain.domain import Domain
from agentscaler.domain.meaning import is_person
from agentscaler.rollout.phrases import Voice
from agentscaler.rollout.statements import (
    ARE,
    COLON,
    CORRECTIONS,
    FOR,
    IS,
    SHOULD_BE,
    noun_of,
    owner_of,
)
from agentscaler.rollout.wording import fold, join_phrases, quote_long, sentence
from agentscaler.task.task import Fact, Task

__all__ = ["Teller", "can_be_stated", "people_facts"]

_PEOPLES_NAMES = ("person_name", "first_name", "last_name", "username")
_TEXTS = re.compile(r"\b(description|text|message|note|comment|summary|title)\b")
_SHORT = 4
_UNASKED = ("is", "is", "one by one")
_MANNERS = (*_UNASKED, "for", "lines")


class Teller:
    """Words for the facts of one user.

    Args:
        people: facts that are names of people, of whom one doesn't say that they are "called" so.
    """

    def __init__(self, voice: Voice, people: set[str], *, polite: bool) -> None:
        self._voice = voice
        self._people = people
        self._polite = polite

    def answer(self, facts: Sequence[Fact]) -> str:
        """The answer to a question for these facts."""
        return self._one(facts[0]) if len(facts) == 1 else self.several(facts)

    def aside(self, facts: Sequence[Fact]) -> str:
        """The facts in sentences of their own, said without being asked."""
        if len(facts) == 1:
            return sentence(self._stated(facts[0], _own_noun(facts[0], whole=True), unasked=True))
        return self.several(facts, unasked=True)

    def several(self, facts: Sequence[Fact], *, unasked: bool = False) -> str:
        """Every fact with what it is, in one sentence or in several."""
        plain = [fact for fact in facts if can_be_stated(fact)]
        rest = " ".join(self._one(fact) for fact in facts if not can_be_stated(fact))
        if not plain:
            return rest
        nouns = [_told_apart(fact, plain) for fact in plain]
        told = [_said(fact) for fact in plain]
        pairs = list(zip(told, nouns, strict=True))
        lists = any(isinstance(fact.value, list) for fact in plain)
        if lists or any(_is_plural(noun) for noun in nouns):
            words = f"{join_phrases([f'{said} for {noun}' for said, noun in pairs])}."
        else:
            words = self._together(pairs, self._voice.pick(_UNASKED if unasked else _MANNERS))
        return f"{words} {rest}".rstrip()

    def correction(self, fact: Fact, *, alone: bool) -> str:
        """A value in the place of one that was told before, as a clause.

        Args:
            alone: whether it is clear without a noun which value is meant.
        """
        noun = _own_noun(fact, whole=False).replace("the new ", "the ", 1)
        forms = [form for form in CORRECTIONS if alone or "{noun}" in form]
        form = self._voice.pick(forms if can_be_stated(fact) else CORRECTIONS[1:3])
        return form.format(noun=noun, said=_said(fact))

    def _together(self, pairs: Sequence[tuple[str, str]], manner: str) -> str:
        if manner == "for":
            return f"{join_phrases([f'{said} for {noun}' for said, noun in pairs])}."
        if manner == "lines" and len(pairs) > 2:
            return "\n".join(f"- {noun}: {said}" for said, noun in pairs)
        if manner == "one by one" and len(pairs) > 2:
            return " ".join(sentence(f"{noun} is {said}") for said, noun in pairs)
        return sentence(join_phrases([f"{noun} is {said}" for said, noun in pairs]))

    def _stated(self, fact: Fact, noun: str, *, unasked: bool = False) -> str:
        forms = [IS] if unasked else [IS, IS, COLON]
        if fact.label.startswith("the new "):
            forms.append(SHOULD_BE)
        if isinstance(fact.value, list):
            forms = [ARE]
        elif _is_plural(noun):
            forms = [FOR, COLON]
        return self._voice.pick(forms).format(noun=noun, said=_said(fact))

    def _one(self, fact: Fact) -> str:
        if isinstance(fact.value, bool):
            return self._voice.say(
                ("{Said}, please.", "I'd like {said}.", "I'd have {said}."), said=fact.said
            )
        label = fold(fact.label)
        in_words = isinstance(fact.value, str) and fact.said not in fact.value
        bare = "{Said}." if in_words else "{said}."
        phrases = [bare]
        if isinstance(fact.value, list):
            phrases = [bare, sentence(self._stated(fact, _own_noun(fact, whole=False)))]
        elif len(fact.said.split()) <= _SHORT:
            phrases += ["It's {said}.", bare, "That's {said}.", "That would be {said}."]
            if can_be_stated(fact):
                phrases += [sentence(self._stated(fact, _own_noun(fact, whole=False)))]
            if "name of the" in label and fact.name not in self._people:
                phrases += ["It's called {said}.", "It's called {said}."]
            if self._polite:
                phrases += [bare.replace(".", ", please."), "It is {said}."]
        elif _TEXTS.search(label):
            phrases += ['It should say "{said}".', 'Let\'s go with "{said}".']
        return self._voice.say(phrases, said=fact.said)


def _said(fact: Fact) -> str:
    """A value in a sentence: a long one in quotation marks, but for a list."""
    return fact.said if isinstance(fact.value, list) else quote_long(fact.said)


def can_be_stated(fact: Fact) -> bool:
    """Whether a fact's label can be the subject of a sentence."""
    return fact.label.startswith("the ") and not isinstance(fact.value, bool)


def people_facts(domain: Domain, task: Task) -> set[str]:
    """The facts that are names of people."""
    people = {fact.name for fact in task.facts if is_person(owner_of(fact).removeprefix("the "))}
    for call in task.gold:
        for parameter, source in call.provenance.items():
            role = domain.manifest.tool[call.tool].arguments.get(parameter)
            if source.fact is None or role is None or not role.column:
                continue
            column = domain.manifest.table[role.table].by_name.get(role.column)
            if column is not None and column.meaning in _PEOPLES_NAMES:
                people.add(source.fact)
    return people


def _own_noun(fact: Fact, *, whole: bool) -> str:
    """A fact as its user speaks of it ("my email address", "the due date of the loan")."""
    noun, owner = noun_of(fact), owner_of(fact)
    if owner.startswith("your "):
        return f"my {noun.removeprefix('the ')}"
    return fact.label if whole else noun


def _told_apart(fact: Fact, facts: Sequence[Fact]) -> str:
    """The noun of a fact, with whose it is where the facts need it."""
    same = [other for other in facts if noun_of(other) == noun_of(fact)]
    return _own_noun(fact, whole=len(same) > 1)


def _is_plural(noun: str) -> bool:
    last = noun.rpartition(" ")[2]
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))
