"""What may stand in a text that a language model wrote, wherever in a domain it goes.

In: a text and how long it may be.  Out: what is wrong with it, in words that say what would be
right.  A rule cannot tell whether a text is true or well said; it can tell that it is one plain
line in Latin letters, without markup, addresses of real people, identifiers, or orders to whoever
reads it.
"""

import re
import unicodedata

__all__ = ["text_faults"]

_SIGNS = frozenset(" '’,.:;()/&+-_#%!?–—=@~$€£°")
_MARKUP = re.compile(r"://(?!([\w-]+\.)*example\.(com|org|net)\b)|&\w+;|--|/\*|\*/|\.\.\.|#\w+#")
_MAIL = re.compile(r"[\w.+-]+@(?!([\w-]+\.)*example\.(com|org|net)\b)[\w-]+")
_IDENTIFIER = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-|\b(?=[a-f]*\d)[0-9a-f]{12,}\b|\barn:|\d{7,}"
    r"|\+\d[\d ()-]{6,}\d|\b\d{3}-\d{2}-\d{4}\b|\b(\d{4}[ -]){3}\d{4}\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(instructions?|rules?|prompts?|policy|policies|above|previous|told|everything)\b"
    r"|\b(system|developer) (prompt|message)\b|\bas an ai\b|\byou (are now|must now|will now)\b"
    r"|\btool[_ ]calls?\b",
    re.IGNORECASE,
)


def text_faults(text: str, longest: int, also: str = "") -> list[str]:
    """What is wrong with a text of at most `longest` characters.

    Args:
        also: signs that it may hold beside letters, digits and common punctuation.
    """
    shown = repr(text if len(text) <= 60 else text[:57] + "...")
    if not text or text != text.strip() or "  " in text:
        return [f"{shown} is empty or has spaces where none belong"]
    if len(text) > longest:
        return [f"{shown} has {len(text)} characters; at most {longest} are allowed"]
    if unicodedata.normalize("NFC", text) != text:
        return [f"{shown} has combining characters; write plain letters"]
    odd = "".join(sorted({sign for sign in text if not _is_plain(sign, also)}))
    if odd:
        return [f"{shown} has {odd!r}; use Latin letters, digits and common punctuation"]
    if _MARKUP.search(text):
        return [f"{shown} has markup or an address that is not at example.com"]
    if _MAIL.search(text):
        return [f"{shown} has an e-mail address that is not at example.com"]
    if _IDENTIFIER.search(text):
        return [f"{shown} has an identifier or a long number; write words"]
    if _ORDER.search(text):
        return [f"{shown} speaks to whoever reads it; write plain content"]
    return []


def _is_plain(sign: str, also: str) -> bool:
    if sign in _SIGNS or sign in also or (sign.isascii() and sign.isalnum()):
        return True
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN ")
