"""A second way to the mask: from the rendered text alone.

`rendering` asks the template what is the agent's own.  Here nothing is asked: the text is read by
the rules of its family, every character gets a flag, and a token is learned when all its characters
are.  The two share no code, and a mask that they do not agree on is not trained on.
"""

from collections.abc import Sequence

from agentscaler.training.families import Family, Span

__all__ = ["derive_mask", "first_difference"]


def derive_mask(
    text: str, tokens: Sequence[Span], family: Family, learned: Sequence[bool]
) -> list[bool]:
    """The mask, derived.

    Args:
        tokens: where each token stands in the text.
        learned: one flag a turn of the agent, in order.

    Raises:
        ValueError: the text holds more turns of the agent, or fewer.
    """
    return _mask(text, tokens, family.own_spans(text), learned)


def first_difference(
    text: str,
    tokens: Sequence[Span],
    mask: Sequence[bool],
    spans: Sequence[Span],
    learned: Sequence[bool],
) -> str:
    """Where a mask is not the one that follows from the turns of a text; "" if it is, everywhere.

    Args:
        mask: one flag a token.
        spans: the agent's turns, as they were read from the text.
        learned: one flag a turn.
    """
    if len(spans) != len(learned):
        return f"the text holds {len(spans)} turns of the agent, the dialogue {len(learned)}"
    derived = _mask(text, tokens, spans, learned)
    pairs = zip(tokens, mask, derived, strict=True)
    for number, ((begin, end), one, other) in enumerate(pairs):
        if one != other:
            verbs = "is learned" if one else "is not learned"
            return f"token {number} ({text[begin:end]!r}) {verbs}, and by the text it should " + (
                "not be" if one else "be"
            )
    return ""


def _mask(
    text: str, tokens: Sequence[Span], spans: Sequence[Span], learned: Sequence[bool]
) -> list[bool]:
    if len(spans) != len(learned):
        raise ValueError(f"{len(spans)} turns in the text, {len(learned)} in the dialogue")
    letters = bytearray(len(text))
    for (begin, end), wanted in zip(spans, learned, strict=True):
        if wanted:
            letters[begin:end] = b"\x01" * (end - begin)
    return [begin < end and all(letters[begin:end]) for begin, end in tokens]
