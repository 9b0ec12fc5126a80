"""Other ways to put a request: other verbs, and questions for what is to be told.

A request begins with a verb phrase, its first fragment.  Some verb phrases of `task` are put in
several ways without meaning anything else.  The one who says them and the one who recognises them
use the same list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from agentscaler.words import singular

__all__ = ["Heads", "heads", "pointed"]


@dataclass(frozen=True)
class Heads:
    """The ways to begin a request.

    Attributes:
        asks: verb phrases whose subject is the agent ("tell me ..."), the given one first.
        wishes: verb phrases whose subject is the user ("know ..."); may be none.
        questions: openings of a question ("what is ..."); may be none.
    """

    asks: tuple[str, ...]
    wishes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.asks, *self.wishes, *self.questions)))


@lru_cache(maxsize=65536)
def heads(text: str) -> Heads:
    """The ways to say a request that begins with `text`."""
    for pattern, make in _RULES:
        match = pattern.fullmatch(text)
        if match is not None:
            return make(match)
    return Heads((text,), () if text.startswith(_ABOUT_THE_AGENT) else (text,))


_ONE_OF_THEM = re.compile(r"((?:\w+ )?)(?:one of (?:the|my) ([\w -]+)|an? ([\w -]+))")
_ABOUT_THE_AGENT = ("tell me", "show me", "give me", "let me", "send me", "remind me", "tell us")


@lru_cache(maxsize=65536)
def pointed(vague: str) -> str:
    """A vague form that points back to what was told before: "for one of the lanes" is
    "for that lane"; "" where it cannot."""
    match = _ONE_OF_THEM.fullmatch(vague)
    if match is None:
        return ""
    before, plural, one = match.groups()
    if one:
        return f"{before}that {one}"
    *rest, last = plural.split(" ")
    return f"{before}that {' '.join([*rest, singular(last)])}"


def _fields(match: re.Match[str]) -> Heads:
    what = match[1]
    link = "are" if " and the " in what or _is_plural(what) else "is"
    return Heads(
        asks=(
            f"tell me {what} of",
            f"look up {what} of",
            f"check {what} of",
            f"find out {what} of",
            f"give me {what} of",
            f"let me know {what} of",
        ),
        wishes=(
            f"know {what} of",
            f"find out {what} of",
            f"check {what} of",
            f"see {what} of",
        ),
        questions=(f"what {link} {what} of",),
    )


def _count(match: re.Match[str]) -> Heads:
    what, there = match[1], match[2]
    asked = "are there" if there == "there are" else "do I have"
    return Heads(
        asks=(
            f"tell me how many {what} {there}",
            f"check how many {what} {there}",
            f"find out how many {what} {there}",
            f"look up how many {what} {there}",
            f"see how many {what} {there}",
        ),
        wishes=(
            f"know how many {what} {there}",
            f"find out how many {what} {there}",
            f"see how many {what} {there}",
        ),
        questions=(f"how many {what} {asked}",),
    )


def _names(match: re.Match[str]) -> Heads:
    what, there = match[1], match[2]
    asked, whose = ("are there", "the") if there == "there are" else ("do I have", "my")
    return Heads(
        asks=(
            f"tell me which {what} {there}",
            f"list {whose} {what}",
            f"look up which {what} {there}",
            f"give me a list of {whose} {what}",
            f"show me {whose} {what}",
            f"check which {what} {there}",
        ),
        wishes=(
            f"know which {what} {there}",
            f"see {whose} {what}",
            f"have a list of {whose} {what}",
            f"find out which {what} {there}",
        ),
        questions=(f"which {what} {asked}", f"what {what} {asked}"),
    )


def _first_few(match: re.Match[str]) -> Heads:
    what = match[1]
    return Heads(
        asks=(
            f"tell me which {what}",
            f"look up which {what}",
            f"find out which {what}",
            f"check which {what}",
        ),
        wishes=(f"know which {what}", f"find out which {what}", f"see which {what}"),
        questions=(f"which {what}",),
    )


def _change(match: re.Match[str]) -> Heads:
    what = match[1]
    forms = tuple(f"{verb} {what} of" for verb in ("change", "update", "set", "adjust"))
    return Heads(forms, forms)


def _create(match: re.Match[str]) -> Heads:
    article, what = match[1], match[2]
    forms = (
        f"create {article} {what}",
        f"set up {article} {what}",
        f"add a new {what}",
        f"create a new {what}",
        f"make a new {what}",
        f"set up a new {what}",
    )
    return Heads(forms, (*forms, f"have a new {what}"))


def _delete(match: re.Match[str]) -> Heads:
    forms = (match[0], "delete", "remove", "get rid of")
    return Heads(tuple(dict.fromkeys(forms)), tuple(dict.fromkeys(forms)))


def _switch(match: re.Match[str]) -> Heads:
    what, state = match[1], match[2]
    forms = (
        f"switch {what} {state} for",
        f"turn {what} {state} for",
        f"set {what} to {state} for",
    )
    return Heads(forms, forms)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Heads]], ...] = (
    (re.compile(r"tell me (the .+) of"), _fields),
    (re.compile(r"tell me how many (.+) (there are|I have)"), _count),
    (re.compile(r"tell me which (.+) (there are|I have)"), _names),
    (re.compile(r"tell me which (\d+ .+ have the .+)"), _first_few),
    (re.compile(r"change (the .+) of"), _change),
    (re.compile(r"create (an?) ([^,]+)"), _create),
    (re.compile(r"delete"), _delete),
    (re.compile(r"switch (.+) (on|off) for"), _switch),
)


def _is_plural(noun: str) -> bool:
    head = re.split(r" (?:about|for|in|of|per|to) ", noun)[0].rsplit(" ", 1)[-1]
    return singular(head) != head
