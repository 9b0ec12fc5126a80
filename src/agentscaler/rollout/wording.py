"""What stands in a text: comparison that ignores how a person happens to write things.

`fold` brings a text to the form that is compared; `says` looks for a phrase as whole words.  The
same two decide whether a user has told a fact, whether an agent may use a value, and whether an
answer was given.
"""

import re
from collections.abc import Sequence
from typing import Any

__all__ = ["fold", "join_phrases", "quote_long", "quote_words", "says", "sentence", "value_text"]

_TYPOGRAPHY = (("'", "‘’"), ('"', "“”"), ("-", "‐‑–−"))
"""Plain marks, each with those that it stands for."""
_MOMENT = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")


def fold(text: str) -> str:
    """Lower case, plain quotes and hyphens, single spaces, no thousands separators."""
    if text.isascii():  # nothing there to be translated
        plain = " ".join(text.lower().split())
    else:
        for mark, others in _TYPOGRAPHY:
            for other in others:  # several times as fast as `str.translate`
                text = text.replace(other, mark)
        plain = " ".join(text.casefold().split())
    return _THOUSANDS.sub("", plain) if "," in plain else plain


def says(folded: str, phrase: str) -> bool:
    """Whether `phrase` stands in `folded` as whole words; both are in the form `fold` gives.

    A number does not stand inside a longer one: "5" is neither in "15" nor in "5.25".
    """
    if not phrase:
        return False
    start = folded.find(phrase)
    while start != -1:
        if not (_continues_before(folded, start) or _continues_after(folded, start + len(phrase))):
            return True
        start = folded.find(phrase, start + 1)
    return False


def value_text(value: Any) -> str:
    """A scalar as it stands in a sentence; "" for what does not stand in one as it is."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def join_phrases(phrases: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def quote_long(said: str) -> str:
    """A value in a sentence; one of more than four words in quotation marks, but for a moment."""
    if _MOMENT.fullmatch(said):
        return said
    return f'"{said}"' if len(said.split()) > 4 and not said.startswith(('"', "“")) else said


def quote_words(said: str) -> str:
    """The same, and also for several small words, which would read as part of the sentence."""
    return f'"{said}"' if " " in said and said.islower() and said.isascii() else quote_long(said)


def sentence(text: str) -> str:
    """The text with a capital first letter and one closing mark."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    if "\n- " in text:  # a list, which closes itself
        return text
    return text if text[-1] in ".?!" or text[-2:] in ('."', ".”", '?"', "?”") else f"{text}."


def _continues_before(text: str, start: int) -> bool:
    if start == 0:
        return False
    before = text[start - 1]
    if not _is_word(text[start]):
        return False
    number = text[start].isdigit() and before in ".," and start > 1 and text[start - 2].isdigit()
    return _is_word(before) or number


def _continues_after(text: str, end: int) -> bool:
    if end >= len(text) or not _is_word(text[end - 1]):
        return False
    after = text[end]
    number = text[end - 1].isdigit() and after in ".," and text[end + 1 : end + 2].isdigit()
    return _is_word(after) or number


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
