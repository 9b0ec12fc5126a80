"""`Heard`: what an agent's words want of the user: an answer, a yes, or the next wish."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from agentscaler.rollout.wording import fold, says

__all__ = ["Heard", "asks_for"]

_QUOTED = re.compile(r'"[^"]*"')
_SETTLED = re.compile(r"\b(anything|something|what|nothing) (else|more)\b|\bfurther help\b")
_CONSENT = re.compile(
    r"\b(shall|should|may|can) i (go|proceed|continue)\b|\bgo[- ]ahead\b|\bproceed\b|\bconfirm\b"
    r"|\bis (that|this) (right|correct|ok|okay)\b|\bare you sure\b|\bwould you like me to\b"
    r"|\b(do you )?want me to\b"
)
_QUESTION = re.compile(r"[\w)\"']\?(?:\s|$)")
_ASKING = re.compile(r"\b(tell|give|share|fill|may i|need|missing|provide|know|details?)\b")


@dataclass(frozen=True)
class Heard:
    """One message of the agent.

    Attributes:
        text: folded.
    """

    text: str

    @classmethod
    def of(cls, content: str) -> "Heard":
        return cls(fold(content))

    @property
    def wants_consent(self) -> bool:
        """Whether it waits for a yes."""
        return bool(_CONSENT.search(self._own))

    @property
    def offers_more(self) -> bool:
        """Whether it asks if there is anything else."""
        return bool(_SETTLED.search(self._own))

    @property
    def is_question(self) -> bool:
        return bool(_QUESTION.search(self._own))

    def asks_again(self, labels: Iterable[str]) -> bool:
        """Whether it asks, without a question mark, for facts whose folded labels stand in it:
        words inside the labels themselves ("resource share") ask for nothing."""
        rest = self._own
        for label in labels:
            rest = rest.replace(label, "")
        return bool(_ASKING.search(rest))

    @cached_property
    def _own(self) -> str:
        """The words without what they quote, which asks for nothing."""
        return _QUOTED.sub('""', self.text)


def asks_for(words: str, label: str) -> bool:
    """Whether a label stands in the words, be it split ("the name and the new size of the app").

    Both are folded.  A split label's owner is the next one named: "the name of the lab and the size
    of the app" does not ask for the name of the app.
    """
    if says(words, label):
        return True
    part, _, owner = label.rpartition(" of ")
    if not part or not says(words, part):
        return False
    split = rf"\b{re.escape(part)}\b(?:(?! of ).)* of {re.escape(owner)}(?!\w)"
    return re.search(split, words) is not None
