"""Why a chat template is not trained on: `Refusal`, and the error that carries it."""

from enum import StrEnum

from agentscaler.errors import InputError

__all__ = ["Refusal", "TemplateRefusedError"]


class Refusal(StrEnum):
    """What is wrong with a template, or with a template and a tokenizer together."""

    UNREADABLE = "unreadable"
    """It is no Jinja, or it raises an error on an ordinary dialogue."""
    CLOCK = "clock"
    """It asks for the date: training would see another text than inference."""
    NO_MASK = "no_mask"
    """It has no generation markers, and none can be derived from its generation prompt."""
    EMPTY_MASK = "empty_mask"
    """No token is learned although messages are to be learned."""
    NOT_AS_DERIVED = "not_as_derived"
    """The mask differs from what the rendered text alone says is the agent's own."""
    DROPS_TEXT = "drops_text"
    """Words, calls, results or thinking of a dialogue are not in what it renders."""
    NOT_AS_IN_INFERENCE = "not_as_in_inference"
    """Before some turn of the agent stands another text than the one inference renders."""
    NO_END_OF_TURN = "no_end_of_turn"
    """The agent's turn does not end with a control token, so a model would never stop."""
    CONTROL_TOKENS = "control_tokens"
    """The tokenizer cuts a control token of the template into pieces."""
    STRADDLING_TOKEN = "straddling_token"  # noqa: S105 - no password
    """A token is partly the agent's own and partly not."""


_REMEDIES = {
    Refusal.UNREADABLE: "Mend the template, or use one of the program's own.",
    Refusal.CLOCK: "Put a fixed date, or none, into the template.",
    Refusal.NO_MASK: (
        "Put {% generation %} and {% endgeneration %} around the agent's text, up to and with its "
        "end-of-turn token."
    ),
    Refusal.EMPTY_MASK: "Put the generation markers around the agent's text.",
    Refusal.NOT_AS_DERIVED: (
        "Put the generation markers around the agent's text and its end-of-turn token, and "
        "nothing else."
    ),
    Refusal.DROPS_TEXT: "Use a template for training, one that renders every turn whole.",
    Refusal.NOT_AS_IN_INFERENCE: (
        "Use a template for training: one whose rendering of a turn does not depend on later ones."
    ),
    Refusal.NO_END_OF_TURN: "Let the agent's turn end with the model's end-of-turn token.",
    Refusal.CONTROL_TOKENS: "Use a tokenizer of the template's family.",
    Refusal.STRADDLING_TOKEN: (
        "Use a tokenizer that keeps line breaks apart from what follows, or a template whose "
        "headers end with a control token."
    ),
}


class TemplateRefusedError(InputError):
    """A template that cannot be masked rightly.

    Args:
        reason: what is wrong.
        template: the template's name.
        detail: where it shows, as the second part of a sentence.
    """

    def __init__(self, reason: Refusal, template: str, detail: str) -> None:
        super().__init__(
            f"The chat template {template} is refused ({reason}): {detail}.", _REMEDIES[reason]
        )
        self.reason = reason
