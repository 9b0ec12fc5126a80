"""What scripted users of any persona say, beside what their own persona gives them."""

from dataclasses import dataclass

__all__ = ["COMMON", "Common"]


@dataclass(frozen=True)
class Common:
    """What users of any persona may say.

    Attributes:
        details: stand before facts that are told in sentences of their own; may be "".
        asides: bring up a further request while the agent is at work on the first one.
        forgotten: stand before facts that the agent reported without.
        second_thoughts: correct a value right after it was said.
        later_thoughts: correct a value in a later message.
        held_up: correct a value instead of agreeing.
    """

    details: tuple[str, ...]
    asides: tuple[str, ...]
    forgotten: tuple[str, ...]
    second_thoughts: tuple[str, ...]
    later_thoughts: tuple[str, ...]
    held_up: tuple[str, ...]


COMMON = Common(
    details=("", "", "", "Here's what you need[ to know|]:", "The details:", "For the record:"),
    asides=(
        "[Oh, and|And] [after that|once that's done|when you're done with that],"
        " [please|could you also|I need you to] {request}.",
        "While I think of it: [afterwards|after this], please {request}.",
        "[By the way|Also], there's a second thing. Please {request} [after this one|next].",
    ),
    forgotten=(
        "[Wait|Hold on|Oh, hang on], I forgot [something|one thing|a detail].",
        "[Sorry|Ah], there is [something|one detail] I should have mentioned.",
        "I left something out[, sorry|].",
    ),
    second_thoughts=(
        "[Actually|No, wait|Hmm, actually|Sorry|On second thought], {correction}.",
        "[Wait|Hold on|Wait, no], {correction}.",
        "Or rather, {correction}.",
        "[I just checked|I've just looked again]: {correction}.",
        "[Correction|No]: {correction}.",
        "Ah no, {correction}.",
    ),
    later_thoughts=(
        "[Oh, and|And|Also,] {correction}[, not {first}| rather than {first}|].",
        "[By the way|While we're at it], I've changed my mind: {correction}.",
        "[One correction|One change]: {correction}.",
        "[Sorry|Apologies], I misspoke earlier: {correction}.",
    ),
    held_up=(
        "[Wait|Hold on|Hm, wait], {correction}[, not {first}| rather than {first}|].",
        "[Almost|Not quite]. {Correction}[, please|].",
        "[Actually|On second thought], {correction}.",
        "One change before you do that: {correction}.",
    ),
)
