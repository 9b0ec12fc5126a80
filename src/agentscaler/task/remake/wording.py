"""Whether a text that a model wrote says the same as a wish of the rules.

Nothing here understands the text.  What can be looked up is looked up: every value of the draft
stands in it letter by letter and beside what it is a value of, every word of the draft that
carries meaning is kept, and nothing stands in it that could be another value, another deed or
another condition.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from agentscaler.task.remake.pairing import pairing_faults
from agentscaler.task.remake.verbs import deed_faults, is_form_of, verb_phrases
from agentscaler.task.remake.words import occurrences, stands
from agentscaler.task.request import request_text
from agentscaler.task.task import Fact, Goal

__all__ = ["goal_facts", "kept_words", "told_values", "wording_faults"]

_LONGER = 3
_SPARE = 240
_STOP = frozenset(
    "a an the of for to in on at by from with and or that this those these it its is are was were"
    " be been me my i you your please then there have has how many which what who tell called named"
    " id whose as so because now some one than into about behind up out off do does give having"
    " their them they he she his her name".split()
)
_OPERATORS = (
    frozenset({"all", "every", "each", "everything"}),
    frozenset({"both"}),
    frozenset({"except", "but", "besides", "apart"}),
    frozenset({"not", "never", "n't", "don't", "doesn't", "isn't", "won't", "no"}),
    frozenset({"only", "just"}),
    frozenset({"without"}),
    frozenset({"unless"}),
    frozenset({"otherwise", "else"}),
    frozenset({"instead"}),
)
"""Words that turn a wish around: one of a group stands in both, or in neither."""
_HARMLESS = frozenset(
    {"but", "just", "besides", "else", "no", "don't", "doesn't", "isn't", "apart"}
)
"""Those that people also use without meaning much: they do for a group, and may stand anyway, but
for a "don't" that forbids."""
_FORBIDDING = re.compile(
    r"\b(?:do not|don't|no need to|stop|instead of|rather than|never mind|forget (?:it|that)"
    r"|not to|no longer want|changed my mind)\b"
)
_DOUBTING = re.compile(
    r"\bare you (?:quite |really )?(?:sure|certain)\b|\bno (?:other )?way\b|\bnothing you can do\b"
)
_FURTHER = re.compile(
    r"\b(?:another one|the next|a second|as well as|one more \w+ (?:for|of|to|in)"
    r"|ignore|instructions?|prompt|system message|you are now|language model)\b"
)
"""Words for further things, and words for those who read instructions."""
_NUMBERS = frozenset(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen half"
    " twice double triple couple".split()
)
_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july"
    " august september october november december today tomorrow yesterday tonight noon midnight"
    " weekend".split()
)
_POINTING = re.compile(
    r"\b(?:that|this|it|its|it's|same|them|they|those|these|his|her|him|he|she|their|there|one)\b"
)
_BACK = re.compile(r"(?:(?:by|for|from|in|into|of|on|to|with) )?that \w")
_SENTENCE_START = re.compile(r"(?:^|[.?!:;] +|[-–—(\"“] ?)$")
_KNOWN_NAMES = frozenset("I I'm I'd I'll I've OK ID IDs API FYI PS ASAP Hi Hello Thanks".split())
_MARKUP = re.compile(r"[<>{}\[\]`|\\*#@_^~]|://|\n")
_TYPOGRAPHY = frozenset("‘’“”–—…é€£")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


def goal_facts(goal: Goal, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that a wish tells, in the order in which it tells them."""
    by_name = {fact.name: fact for fact in facts}
    names = dict.fromkeys(name for piece in goal.request for name in piece.facts)
    return [by_name[name] for name in names]


def told_values(goal: Goal, facts: Sequence[Fact]) -> dict[str, str]:
    """The values that stand in a wish of their own, each with what it is; a name that only stands
    within a longer one is told by that."""
    return {fact.said: fact.label for fact, times in _needed(goal, facts) if times}


def kept_words(goal: Goal, facts: Sequence[Fact]) -> list[str]:
    """The words of a wish that carry meaning and are no values; its verb only if it has no
    others of the same meaning."""
    words = _words(_rest(request_text(goal.request), facts))
    lead, *rest = words or [""]
    special = [lead] if verb_phrases(" ".join(words)) == {lead} else []
    return list(
        dict.fromkeys([*special, *(word for word in rest if word not in _STOP and len(word) > 1)])
    )


def wording_faults(
    text: str, goal: Goal, facts: Sequence[Fact], tools: Collection[str], names: Collection[str]
) -> list[str]:
    """What is wrong with a text for a wish; empty if it may be said.

    Args:
        facts: of the wish (see `goal_facts`).
        tools: the names of the domain's tools that write.
        names: of rows in the state.
    """
    draft = request_text(goal.request)
    faults = list(_form_faults(text, draft))
    if faults:
        return faults
    faults += _value_faults(text, goal, facts)
    if faults:
        return faults
    faults += pairing_faults(text, facts)
    rest, wanted = _rest(text.translate(_QUOTES), facts), _rest(draft, facts)
    faults += _kept_faults(rest, goal, facts)
    faults += deed_faults(rest, wanted, tools)
    faults += _turned_faults(rest, wanted)
    faults += _invented_faults(rest, draft, text, facts, names)
    if goal.branch is not None:
        faults += _fork_faults(text, draft, goal.branch.condition, facts)
    return faults


def _form_faults(text: str, draft: str) -> Iterator[str]:
    longest = _LONGER * len(draft) + _SPARE
    if len(text) > longest:
        yield f"it is longer than {longest} characters"
    if text != text.strip() or "  " in text or not text:
        yield "it begins or ends with spaces, or holds two in a row"
    if text and text[-1] not in ".?!)" + '"”':
        yield "it does not end like a sentence"
    own = set(draft)
    odd = [
        one
        for one in dict.fromkeys(text)
        if not (one.isascii() and one.isprintable()) and one not in own and one not in _TYPOGRAPHY
    ]
    if odd or unicodedata.normalize("NFC", text) != text:
        yield f"it holds characters that nobody types here: {', '.join(map(ascii, odd[:5]))}"
    marks = [one for one in dict.fromkeys(_MARKUP.findall(text)) if one not in draft]
    if marks:
        yield f"it holds {', '.join(map(repr, marks))}; write plain sentences"
    if _DOUBTING.search(text.lower()):
        yield "it doubts an answer that was not given yet"


def _value_faults(text: str, goal: Goal, facts: Sequence[Fact]) -> Iterator[str]:
    """Values that are missing."""
    rest = text
    for fact, needed in _needed(goal, facts):
        if len(occurrences(fact.said, rest)) < needed:
            yield f'"{fact.said}" does not stand in it, letter by letter ({fact.label})'
        rest = _without(rest, fact.said)


def _needed(goal: Goal, facts: Sequence[Fact]) -> Iterator[tuple[Fact, int]]:
    """How often each value stands in a wish, longer ones first and not within those."""
    rest = request_text(goal.request)
    for fact in _longest_first(facts):
        yield fact, len(occurrences(fact.said, rest))
        rest = _without(rest, fact.said)


def _kept_faults(rest: str, goal: Goal, facts: Sequence[Fact]) -> Iterator[str]:
    said = _words(rest)
    lost = [
        word for word in kept_words(goal, facts) if not any(is_form_of(one, word) for one in said)
    ]
    if lost:
        yield f"words of the draft are missing: {', '.join(lost)}"
    for piece in goal.request:
        if _BACK.match(piece.text) and not _POINTING.search(rest.lower()):
            yield f'it does not point back as "{piece.text}" does'


def _turned_faults(rest: str, wanted: str) -> Iterator[str]:
    said, meant = set(_words(rest)), set(_words(wanted))
    for group in _OPERATORS:
        if group & meant and not group & said:
            yield f'it has no "{sorted(group & meant)[0]}", which the draft has'
        new = sorted((group & said) - _HARMLESS)
        if new and not group & meant:
            yield f'it says "{new[0]}", which the draft does not'
    forbidding = _FORBIDDING.search(rest.lower())
    if forbidding is not None and not _FORBIDDING.search(wanted.lower()):
        yield f'it says "{forbidding[0]}", which could take the wish back'
    for noun in re.findall(r"\banother (\w+)", rest.lower()):
        if noun not in _STOP and any(is_form_of(noun, word) for word in meant):
            yield f'it says "another {noun}", which the draft does not'
    further = _FURTHER.search(rest.lower())
    if further is not None and further[0] not in wanted.lower():
        yield f'it says "{further[0]}", which the draft does not'
    conditions = [
        len(re.findall(r"\bif\b(?! (?:you|possible|that's|it's ok))", one.lower()))
        for one in (rest, wanted)
    ]
    if conditions[0] > conditions[1] and "if " not in wanted.lower():
        yield 'it has an "if", which the draft does not'
    if "if " in wanted.lower() and not conditions[0]:
        yield 'it has no "if", which the draft has'


def _fork_faults(text: str, draft: str, condition: str, facts: Sequence[Fact]) -> Iterator[str]:
    """A condition in other words, and deeds that changed places around their "otherwise"."""
    if condition not in text:
        yield f'the condition must stand in it as it is: "{condition}"'
        return
    said, meant = (
        _rest(one.replace(condition, " ").translate(_QUOTES), facts).lower().rpartition("otherwise")
        for one in (text, draft)
    )
    verbs = verb_phrases(meant[2])
    asks = any(is_form_of(word, verb) for word in _words(said[2]) for verb in verbs)
    if meant[1] and verbs and not asks:
        yield f'after "otherwise" it must ask to {_words(meant[2])[0]}, as the draft does'


def _invented_faults(
    rest: str, draft: str, text: str, facts: Sequence[Fact], names: Collection[str]
) -> Iterator[str]:
    """What could be taken for a value, and is none of the draft's."""
    digits = [
        one for one in re.findall(r"\S*\d\S*", rest) if not stands(one.strip(".,;:?!)('\""), draft)
    ]
    if digits:
        yield f"it holds {digits[0]!r}, which the draft does not"
    known = set(_words(draft))
    for word in dict.fromkeys(_words(rest)):
        if word in _NUMBERS | _TIMES and word not in known:
            yield f'it says "{word}", which the draft does not'
    for quoted in re.findall(r'"([^"]*)"', text.translate(_QUOTES)):
        said = quoted.strip(" .,?!")
        if said and not any(said == fact.said for fact in facts) and f'"{said}"' not in draft:
            yield f'it quotes "{said}", which is no value'
    for match in re.finditer(r"[A-Z][\w'-]*", rest):
        word = match[0]
        begins = _SENTENCE_START.search(rest[: match.start()])
        if begins or word in _KNOWN_NAMES or stands(word, draft) or word.lower() in known:
            continue
        yield f'it names "{word}", of which the draft knows nothing'
    for name in sorted(names):
        if name in rest and stands(name, rest) and not stands(name, draft):
            yield f'it names "{name}", which is something else that exists'


def _longest_first(facts: Sequence[Fact]) -> list[Fact]:
    return sorted({fact.said: fact for fact in facts}.values(), key=lambda fact: -len(fact.said))


def _rest(text: str, facts: Sequence[Fact], *, blank: bool = False) -> str:
    """A text without the values in it; with `blank`, every other word stays in its place."""
    for fact in _longest_first(facts):
        text = _without(text, fact.said, " " if blank else "")
    return text


def _without(text: str, said: str, filling: str = "") -> str:
    for place in reversed(occurrences(said, text)):
        end = place + len(said)
        text = f"{text[:place]}{filling * len(said) or ' '}{text[end:]}"
    return text


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'"))
