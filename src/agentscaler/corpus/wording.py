"""Whether a text is plain English, or carries something else: markup, addresses, code, orders.

What a language model writes is read by other models.  So it may hold nothing that a reader could
take for an instruction, and no letter that looks like another one.
"""

import re

from agentscaler.corpus.clean import is_english

__all__ = ["plain", "wording_faults"]

_TYPED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
"""Typographic signs that models like to write, as a keyboard has them."""
_STRANGE = re.compile(r"[^A-Za-z0-9À-ɏ .,;:'\"()/%&+_-]")
_ADDRESS = re.compile(r"://|\bwww\.|\b[a-z0-9-]+\.(?:com|org|net|io|dev|gov|edu|html?)\b|\S@\S")
_CODE = re.compile(
    r"\w\((?!s\)|es\)|ies\))|\b(?:SELECT\s.+\sFROM|DROP\s+TABLE|DELETE\s+FROM|INSERT\s+INTO)\b"
    r"|__|--|/\*"
)
_ORDERS = re.compile(
    r"(?:^|[.;:] )(?:please|ignore|disregard|forget|note|see|visit|click|contact|remember|ensure|"
    r"make sure|do not|don't|never|always|use|call|invoke|refer|check out)\b"
    r"|\b(?:please|you|your|yours|yourself)\b"
    r"|\b(?:must|should|has to|have to|needs to) (?:always |first |never |not )*(?:be )?"
    r"(?:call|invoke|tell|say|run|trust|prefer|ignore)\w*\b"
    r"|\b(?:ignore|disregard|forget) (?:all|any|the|every|previous|prior|earlier|other)\b",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """A text with its white space folded and typographic signs as a keyboard has them."""
    return " ".join(text.translate(_TYPED).split())


def wording_faults(text: str, shortest: int, longest: int) -> list[str]:
    """What keeps a text from being one or more plain English sentences of the right length."""
    if not shortest <= len(text) <= longest:
        return [f"has {len(text)} characters, not {shortest} to {longest}"]
    faults = []
    if strange := sorted(set(_STRANGE.findall(text))):
        shown = " ".join(ascii(sign).strip("'\"") for sign in strange[:8])
        faults.append(f"holds signs that plain text does without: {shown}")
    if found := _ADDRESS.search(text):
        faults.append(f"holds an address, {found.group()!r}: leave it out")
    if found := _CODE.search(text):
        faults.append(f"holds code, {found.group()!r}: say it in words")
    if found := _ORDERS.search(text):
        faults.append(
            f"speaks to its reader, {found.group().strip('.;: ')!r}: only say what the tool or the"
            " value is"
        )
    if text and not (text[0].isupper() or text[0].isdigit() or text[0] == '"'):
        faults.append("does not begin with a capital letter")
    if text and not text.endswith("."):
        faults.append("does not end with a full stop")
    if not is_english(text):
        faults.append("is not English")
    return faults
