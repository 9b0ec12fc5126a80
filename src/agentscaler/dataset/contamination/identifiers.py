"""Identifiers: values that name one order, user or flight, and that two data sets do not share by
chance.

Told from other text by their form alone: e-mail addresses; digits and letters mixed, such as
`order_48213907`, `mia_li_3668` or `Q69X3R`; numbers of seven digits or more.  Dates, times, round
numbers, sequences such as 12345 and words of technology with digits in them name nothing.  An id of
letters alone, or one that counts up, such as `user_1` or `C1001`, would be met by chance and is
passed over.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

__all__ = ["identifiers_of", "is_identifier", "tokens"]

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_@.+-]{4,}")
_EMAIL = re.compile(r"[a-z0-9_.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_RESERVED = re.compile(r"@(.*\.)?(example\.(com|org|net)|.*\.(example|test|invalid))$")
_YEAR = re.compile(r"(19|20)\d\d|100\d")
_DATE = re.compile(
    r"(1[5-9]|20)\d\d-?[01]\d-?[0-3]\d([T_-]?\d.*)?|[0-3]?\d[-.][01]?\d[-.](19|20)\d\d"
)
_NUMBER = re.compile(r"\d+(\.\d+)?")
_DIGITS_APART = re.compile(r"[0-9+.-]+")
_CODE = re.compile(r"[A-Z0-9]{6,}")
_YEARS = re.compile(r"(19|20)\d\d[-_](19|20)?\d\d")
_MEASURE = re.compile(r"\d[\d.]*[A-Za-z]{1,5}")
_TECHNICAL = frozenset(
    "AES128 AES256 BASE64 HTTP11 ISO8601 OAUTH2 RSA2048 RSA4096 SHA224 SHA256 SHA384 SHA512"
    " UTF16LE UTF16BE".split()
)
_SEQUENCES = ("01234567890123456789", "98765432109876543210")
_MOST_DIGITS = 40
_FEWEST_DIGITS = 7
_MOST_DEPTH = 60


def tokens(text: str) -> set[str]:
    """What in a text could be an identifier: to be held against identifiers that are known."""
    return {token.rstrip(".-+_@") for token in _TOKEN.findall(text)}


def identifiers_of(value: Any) -> set[str]:
    """The identifiers in a text, or anywhere in a JSON value, keys included."""
    return {token for text in _texts(value, 0) for token in tokens(text) if is_identifier(token)}


def is_identifier(token: str) -> bool:
    """Whether a token names one thing, by its form."""
    if "@" in token:
        return _EMAIL.fullmatch(token) is not None and _is_own_address(token)
    digits = "".join(one for one in token if one.isdigit())
    if not digits or _DATE.fullmatch(token) or _YEARS.fullmatch(token):
        return False
    if _NUMBER.fullmatch(token) or _DIGITS_APART.fullmatch(token):
        return "." not in token and len(digits) >= _FEWEST_DIGITS and _is_telling(digits)
    if token.upper() in _TECHNICAL or _MEASURE.fullmatch(token):
        return False
    if _is_random(token):
        return True
    letters = sum(one.isalpha() for one in token)
    return len(digits) >= 4 and letters > 0 and _is_telling(digits)


def _is_own_address(token: str) -> bool:
    """Whether an address is more than a first and last name at a domain kept for examples."""
    return not _RESERVED.search(token.lower()) or any(one.isdigit() for one in token)


def _is_telling(digits: str) -> bool:
    """Whether digits are neither a year, nor round, nor counted up or down, nor repeated."""
    if len(digits) > _MOST_DIGITS or len(set(digits)) < min(len(digits) - 1, 4):
        return False
    if _YEAR.fullmatch(digits) or digits.endswith("000"):
        return False
    return not any(digits[:8] in one for one in _SEQUENCES)


def _is_random(token: str) -> bool:
    """Whether capitals and digits, or letters and digits, change places as in keys that machines
    make."""
    kinds = [one.isdigit() for one in token if one.isalnum()]
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes >= 2 if _CODE.fullmatch(token) else changes >= 4 and sum(kinds) >= 3


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or depth > _MOST_DEPTH:
        return
    elif isinstance(value, int):
        yield str(value) if abs(value) < 10**_MOST_DIGITS else ""
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from _texts(one, depth + 1)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, depth + 1)
