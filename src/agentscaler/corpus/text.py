"""Descriptions made plain: no markup, no line breaks, and no longer than asked."""

import html
import re
from functools import lru_cache

__all__ = ["clean_text"]

# Only tags that documentation really uses: `<projectId>` in a plain text is a placeholder.
_BLOCK = "p|li|ul|ol|dl|dt|dd|br|note|important|div|pre|table|tr|td|th|h[1-6]|para|zonbook|xhtml"
_INLINE = "a|b|i|u|em|strong|code|span|replaceable|fullname|link|filename|sup|sub|tt|img"
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()]*\))+\)|\[([^\[\]]+)\]\[[^\[\]]*\]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\bvs)(?<!\betc)[.!?](?=\s)")
_SHORTEST_SHARE = 0.4


@lru_cache(maxsize=65536)
def clean_text(text: str, limit: int) -> str:
    """Plain text of at most `limit` characters.

    HTML tags and comments go, entities and Markdown links become their text, white space is
    folded.  A longer text is cut after the last sentence that fits, or, when that would leave
    little of it, after the last word, with "..." as a sign.
    """
    if "<" in text:
        text = _COMMENT.sub(" ", text)
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    text = html.unescape(text)
    if "](" in text or "][" in text:
        text = _LINK.sub(lambda match: match.group(1) or match.group(2), text)
    text = text.encode("utf-8", "ignore").decode("utf-8")  # lone surrogates cannot be stored
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= limit else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    head = text[: limit + 1]
    end = max((match.end() for match in _SENTENCE_END.finditer(head)), default=0)
    if end > limit * _SHORTEST_SHARE:
        return head[:end]
    words = head[: limit - 2].rsplit(" ", 1)[0]
    return words.rstrip(" ,;:(-") + "..."
