"""Whether an agent's words tell an answer, however it writes numbers, dates, switches and names.

In: what the agent said since it could know, and the answer.  Out: told or not.  A value counts
where it is said of the thing that was asked about: where the words say something else of that
thing, the same value in another sentence, in a longer number or after a "not" is no answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache

from agentscaler.filtering.spoken import (
    SpokenMoment,
    SpokenNumber,
    find_moments,
    find_numbers,
    find_switch,
)
from agentscaler.rollout.wording import fold, says
from agentscaler.task.task import AnswerFact
from agentscaler.words import plural, singular

__all__ = ["AgentWords", "denies", "tells"]

_SENTENCE_END = re.compile(r"""(?<=\S[.!?;])\s+(?=["'(]?\w)|(?<=[.!?]["')])\s+|\n+""")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_WORD = re.compile(r"[^\W_]+(?:['_-][^\W_]+)*")
_NEXT_WORD = re.compile(r" ([a-z][a-z0-9-]*)\b")
_DETERMINERS = ("the ", "its ", "your ", "their ", " a ", " an ", "- ", "* ", "• ")
_LINK = re.compile(r"(?: of [^,;:]{1,60}?)? ?(?:\b(?:is|are|was|were|reads?|says?)\b|[:=])")
_NEXT_CLAUSE = re.compile(r"(?:,| and| but|;) (?:the|its|your|it|they) ")
_NEGATION = re.compile(
    r"(?:\bnot|n't|\bno longer|\bnever)(?: (?:currently|now|yet|at all|called))? $"
)
_FLAT_DENIAL = re.compile(r"(?:\bnot|n't)(?: called)? $")
_ANY_MORE = re.compile(r'"? any ?(?:more|longer)\b')
_OF_THEM = re.compile(r" (?:of|are) (?:them|these|those|which)\b")
_COUNTED = re.compile(r"\bof (?:the |all )?$")


@dataclass(frozen=True)
class AgentWords:
    """Messages of the agent, in order.

    Attributes:
        messages: each folded line by line.
        year: the year that a day without one falls into.
    """

    messages: tuple[str, ...]
    year: int

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What was stated; questions state nothing."""
        return tuple(
            sentence for message in self.messages for sentence in _statements(message) if sentence
        )

    @cached_property
    def statements(self) -> tuple[str, ...]:
        """The sentences of each message in one piece."""
        return tuple(" ".join(_statements(message)) for message in self.messages)


@lru_cache(maxsize=1024)
def _statements(message: str) -> tuple[str, ...]:
    return tuple(one for one in _SENTENCE_END.split(message) if not one.endswith("?"))


@lru_cache(maxsize=1024)
def _numbers(text: str) -> tuple[SpokenNumber, ...]:
    return tuple(find_numbers(text))


@lru_cache(maxsize=1024)
def _moments(text: str) -> tuple[SpokenMoment, ...]:
    return tuple(find_moments(text))


def tells(words: AgentWords, answer: AnswerFact, others: Sequence[AnswerFact] = ()) -> bool:
    """Whether the words tell the answer.

    A sentence is about the answer if it names what the answer's label names: "the status of the
    loan" is about a status, "the number of loans" about loans.  Where the words say what the status
    is ("the status is ..."), the value must stand there; else it must stand in a sentence about the
    status; and where no sentence is, it may stand anywhere, unless a sentence about the status
    holds another value of the same kind.

    Args:
        others: the other answers of the task; what is said of a status may be one of theirs.
    """
    topic = _topic(answer.label)
    if isinstance(answer.value, bool):
        return _tells_switch(words, answer, topic)
    matcher = _matcher(answer, words.year)
    if isinstance(answer.value, int | float):
        if _counts(answer.label):
            pairs = [pair for sentence in words.sentences for pair in _counts_of(sentence, topic)]
            own = Decimal(str(answer.value))
            taken = {Decimal(str(one.value)) for one in others if type(one.value) is int}
            if own in pairs or set(pairs) - taken:
                return own in pairs
            if (
                pairs
            ):  # of such things another number is told, which is the answer to something else
                return any(_counts_them(sentence, topic, own) for sentence in words.sentences)
    elif answer.label.startswith("one of ") or not any(map(matcher.holds, words.sentences)):
        # A name may have a full stop in it, and then stands in no single sentence.
        return any(map(matcher.holds, words.statements))
    alike = [
        _matcher(one, words.year)
        for one in others
        if not _forms(topic).isdisjoint(_forms(_topic(one.label)))
    ]
    return _tells(words, topic, matcher, alike)


def denies(words: AgentWords, answer: AnswerFact, others: Sequence[AnswerFact] = ()) -> bool:
    """Whether the words say outright that it is otherwise: "the status is not open", another number
    of such things, a switch the other way.  What is told after that is no answer any more.

    Args:
        others: the other answers of the task, which may be what the words are about.
    """
    topic = _topic(answer.label)
    if isinstance(answer.value, bool):
        said = set[bool]().union(*(find_switch(one, topic) for one in words.sentences))
        return bool(said) and answer.value not in said
    if isinstance(answer.value, int | float):
        if not _counts(answer.label):
            return False
        pairs = {pair for sentence in words.sentences for pair in _counts_of(sentence, topic)}
        own = Decimal(str(answer.value))
        taken = {Decimal(str(one.value)) for one in others if type(one.value) is int}
        return own not in pairs and bool(pairs - taken)
    if any(_topic(one.label) == topic for one in others):
        return False
    ways = [_loose(fold(said)) for said in answer.said]
    tails = [_loose(tail) for sentence in words.sentences for tail in _tails(sentence, topic)]
    return any(_is_flatly_denied(tail, way) for tail in tails for way in ways)


@dataclass(frozen=True)
class _Matcher:
    """How an answer is found: the text holds its value, or some value of its kind; of texts,
    none can be told to be another value."""

    holds: Callable[[str], bool]
    rivals: Callable[[str], bool]
    is_text: bool = False


def _matcher(answer: AnswerFact, year: int) -> _Matcher:
    value = answer.value
    if isinstance(value, int | float):
        number = Decimal(str(value))
        return _Matcher(
            lambda text: any(one.value == number for one in _numbers(text)),
            lambda text: bool(_numbers(text)),
        )
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        moment = datetime.fromisoformat(value)
        return _Matcher(
            lambda text: any(_is_moment(said, moment, year) for said in _moments(text)),
            lambda text: bool(_moments(text)),
        )
    ways = [_loose(fold(said)) for said in answer.said]

    def holds(text: str) -> bool:
        loose = _loose(text)
        return any(says(loose, way) and not _is_denied(loose, way) for way in ways)

    return _Matcher(holds, lambda _: False, is_text=True)


def _tells_switch(words: AgentWords, answer: AnswerFact, topic: str) -> bool:
    said: set[bool] = set()
    for sentence in words.sentences:
        said |= find_switch(sentence, topic)
    if said:
        return bool(answer.value) in said
    return any(
        says(sentence, phrase) and not _is_denied(sentence, phrase)
        for sentence in words.sentences
        for phrase in map(fold, answer.said)
    )


def _tells(words: AgentWords, topic: str, answer: _Matcher, others: Sequence[_Matcher]) -> bool:
    """Finds a value in what is said of a topic; see `tells`."""
    stated, elsewhere, contradicted = False, False, False
    for sentence in words.sentences:
        tails = _tails(sentence, topic)
        if any(map(answer.holds, tails)):
            return True
        is_others = any(other.holds(text) for other in others for text in tails or (sentence,))
        if tails:
            of_kind = answer.is_text or any(map(answer.rivals, tails))
            stated = stated or (of_kind and not is_others)
            continue
        about = _is_about(sentence, topic)
        if answer.holds(sentence):
            if about:
                return True
            elsewhere = True
        elif about and not is_others and answer.rivals(sentence):
            contradicted = True
    return elsewhere and not (stated or contradicted)


def _is_moment(said: SpokenMoment, moment: datetime, year: int) -> bool:
    if (said.day, said.month) != (moment.day, moment.month):
        return False
    if (said.year or year) != moment.year:
        return False
    if said.time is None:
        return (moment.hour, moment.minute) == (0, 0)
    return (said.time.hour, said.time.minute) == (moment.hour, moment.minute)


@lru_cache(maxsize=4096)
def _topic(label: str) -> str:
    """What a label names: "the status of the loan" a status, "the number of loans" loans."""
    folded = fold(label).removeprefix("the ")
    if _counts(label):
        folded = folded.removeprefix("number of ")
    return folded.partition(" of ")[0]


@lru_cache(maxsize=4096)
def _counts(label: str) -> bool:
    """Whether it is a number of things, and no column that is called so ("the number of the
    version")."""
    return re.match(r"the number of (?!the )", fold(label)) is not None


def _counts_of(sentence: str, topic: str) -> list[Decimal]:
    """The numbers of things called `topic`: "12 loans", "12 of the 20 loans", "of 20, 12 are"."""
    if not _is_about(sentence, topic):
        return []
    numbers = _numbers(sentence)
    counts: list[Decimal] = []
    for place, number in enumerate(numbers):
        if not _is_followed(sentence[number.end :], topic):
            continue
        if not _COUNTED.search(sentence[: number.start]):
            counts.append(number.value)
            continue
        near = numbers[place - 1 : place] if place else numbers[place + 1 : place + 2]
        counts += [one.value for one in near]
    return counts


def _counts_them(sentence: str, topic: str, number: Decimal) -> bool:
    """Whether a sentence names a number and what is counted, be it as "them"."""
    return any(
        one.value == number and (_is_about(sentence, topic) or _OF_THEM.match(sentence, one.end))
        for one in _numbers(sentence)
    )


def _is_flatly_denied(text: str, phrase: str) -> bool:
    """Whether a "not" stands right before the phrase, and it is not said that it once was so."""
    place = text.find(phrase) if says(text, phrase) else -1
    if place == -1 or _ANY_MORE.match(text, place + len(phrase)):
        return False
    return _FLAT_DENIAL.search(text[:place].removesuffix('"')) is not None


def _is_followed(text: str, topic: str) -> bool:
    """Whether what is called `topic` is named a few words on ("12 loans", "12 open car loans")."""
    end = 0
    for _ in range(topic.count(" ") + 3):
        word = _NEXT_WORD.match(text, end)
        if word is None or word[1] in ("and", "or"):
            return False
        if word[1] in _forms(topic):
            return True
        end = word.end()
    return False


@lru_cache(maxsize=4096)
def _forms(topic: str) -> frozenset[str]:
    """The topic's last word in singular and plural."""
    head = topic.rpartition(" ")[2]
    one = singular(head)
    return frozenset((head, one, plural(one)))


@lru_cache(maxsize=4096)
def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence))


def _is_about(sentence: str, topic: str) -> bool:
    return not _forms(topic).isdisjoint(_words(sentence))


def _tails(sentence: str, topic: str) -> list[str]:
    """What a sentence says that the topic is, up to the next clause with a subject of its own."""
    tails = []
    start = sentence.find(topic)
    while start != -1:
        after = _LINK.match(sentence, start + len(topic))
        if after is not None and _begins(sentence, start):
            tail = sentence[after.end() :]
            end = _NEXT_CLAUSE.search(tail)
            tails.append(tail if end is None or '"' in tail[: end.start()] else tail[: end.start()])
        start = sentence.find(topic, start + 1)
    return tails


def _begins(sentence: str, start: int) -> bool:
    """Whether a subject begins there: at the start, or after an article or the dot of a list."""
    return start == 0 or sentence[:start].endswith(_DETERMINERS)


@lru_cache(maxsize=1024)
def _loose(text: str) -> str:
    """Hyphens and underscores as spaces."""
    return " ".join(text.replace("_", " ").replace("-", " ").split())


def _is_denied(text: str, phrase: str) -> bool:
    """Whether a "not" comes before the phrase wherever it stands."""
    place = text.find(phrase)
    while place != -1:
        if not _NEGATION.search(text[:place].removesuffix('"')):
            return False
        place = text.find(phrase, place + 1)
    return True
