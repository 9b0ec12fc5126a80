"""Wishes that cannot be fulfilled, in a dialogue: how the agent explains, how the user takes it.

`Declining` is the expert's part: it asks for a fact that nobody has, says why a wish cannot be
fulfilled, and says so again to a user who doubts it.  `Accepting` is the scripted user's part: it
does not know what it is asked for, doubts at times, and takes no for an answer.
"""

import re
from collections.abc import Sequence

from agentscaler.rollout import declining_phrases as bank
from agentscaler.rollout.hearing import asks_for
from agentscaler.rollout.phrases import Voice
from agentscaler.rollout.wording import fold, sentence
from agentscaler.task.task import Goal, Refusal, SpecialKind, Task

__all__ = ["Accepting", "Declining"]

_DOUBT_CHANCE = 0.25
_SURE = re.compile(r"\bare you (quite |really )?(sure|certain)\b")
_WAY = re.compile(r"\bis there (really )?no (other )?way\b|\bnothing you can do\b")
_REQUEST = re.compile(r"\?|\btell me\b|\blet me know\b|\bi('ll)? (only |still )?need\b|\bmissing\b")
_NEGATION = re.compile(
    r"\b(no|not|none|never|nothing|cannot|without|unable|unfortunately|afraid|sorry|only|disappoint"
    r"|impossible)\b|n't\b"
)


class Declining:
    """What one expert says of the wishes of its task that cannot be fulfilled."""

    def __init__(self, task: Task, voice: Voice) -> None:
        self._goals = task.goals
        self._voice = voice
        self._asked: set[int] = set()
        self._explained: Refusal | None = None
        self._doubted: Refusal | None = None
        self._phrases = bank.REAFFIRMATIONS

    def lacks(self, index: int) -> str:
        """The label of a fact that is still to be asked for; "" where nothing is."""
        refusal = self._goals[index].refusal
        return refusal.missing if refusal is not None and index not in self._asked else ""

    def ask(self, index: int) -> str:
        """The question for what a wish lacks, which is asked once."""
        label = self.lacks(index)
        self._asked.add(index)
        return self._voice.say(bank.QUESTIONS, missing=label)

    def explain(self, refusal: Refusal, place: str = "") -> str:
        """Why a wish cannot be fulfilled.

        Args:
            place: among other reports "first" or "last"; "" where it stands alone.
        """
        self._explained = refusal
        phrases = bank.EXPLANATIONS[refusal.kind]
        if place and refusal.kind is not SpecialKind.NO_TOOL:
            phrases = bank.WITH_OTHERS[place]
        said = _filled(self._voice, phrases, refusal)
        if refusal.kind is SpecialKind.NO_TOOL:
            said = f"{said} {refusal.reason.partition(f'can {refusal.deed}.')[2].strip()}".strip()
        elif not place:
            said = f"{said} {self._voice.say(bank.ALONE)}".strip()
        return said

    def hear(self, words: str) -> bool:
        """Whether a user message doubts the last explanation, and says nothing else."""
        folded = fold(words)
        way, sure = _WAY.search(folded), _SURE.search(folded)
        self._doubted = self._explained if way or sure else None
        self._phrases = bank.STANDING_BY if way else bank.REAFFIRMATIONS
        self._explained = None
        return self._doubted is not None

    def reaffirm(self) -> str:
        """The explanation once more, for a user who doubts it; "" where nobody does."""
        refusal, self._doubted = self._doubted, None
        return _filled(self._voice, self._phrases, refusal) if refusal is not None else ""


class Accepting:
    """How one scripted user takes it that a wish cannot be fulfilled."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._unknown: set[str] = set()
        self._settled: set[int] = set()

    def knows_not(self, words: str, goals: Sequence[Goal]) -> str:
        """The answer to a question for a fact that the user does not have; "" to any other words.

        Args:
            words: of the agent, folded.
            goals: those brought up so far.
        """
        if not _REQUEST.search(words):
            return ""
        for goal in goals:
            label = goal.refusal.missing if goal.refusal is not None else ""
            if label and label not in self._unknown and asks_for(words, fold(label)):
                self._unknown.add(label)
                return self._voice.say(bank.UNKNOWN)
        return ""

    def answer(self, words: str, goals: Sequence[Goal]) -> tuple[str, bool]:
        """What a user says to an explanation, and whether it doubts it; ("", False) to others.

        Args:
            words: of the agent, folded.
            goals: those brought up so far.
        """
        open_goals = [
            index
            for index, goal in enumerate(goals)
            if goal.refusal is not None and index not in self._settled
        ]
        if not open_goals or not _NEGATION.search(words):
            return "", False
        self._settled.update(open_goals)
        if open_goals[-1] == len(goals) - 1 and self._voice.chance(_DOUBT_CHANCE):
            return self._voice.say(bank.DOUBTS), True
        return self._voice.say(bank.ACCEPTANCES), False

    def close(self) -> str:
        """The last words of a conversation that ends with an explanation."""
        return self._voice.say(bank.CLOSINGS)


def _filled(voice: Voice, phrases: Sequence[str], refusal: Refusal) -> str:
    """A phrase with the words of a refusal."""
    reason = refusal.reason
    lowered = reason[:1].lower() + reason[1:]
    words = {"reason": reason, "lowered": lowered, "missing": refusal.missing}
    return sentence(voice.say(phrases, deed=refusal.deed, **words))
