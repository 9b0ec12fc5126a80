"""`PartMaker`: a model that makes parts of a run anew, beginning with the drafts of the rules.

A part is taken from the model only where the check that it is given with finds nothing wrong: what
can be run is run, whoever made it.  One round of repair quotes what was wrong; then the draft
stays.  Who made what, and why a draft stayed, is in a `MakerRecord` for each part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict

from agentscaler.chat import Message
from agentscaler.errors import EndpointError, RequestRefusedError
from agentscaler.llm.chat_model import ChatModel, Request
from agentscaler.llm.prompt import Prompt
from agentscaler.llm.structured import Check, Faults, UnusableAnswerError, ask

__all__ = ["ANSWERING", "DraftReason", "Made", "MakerRecord", "PartMaker"]

Answer = TypeVar("Answer", bound=BaseModel)

ANSWERING = Prompt.read("agentscaler.llm", "answering.md")
"""How answers are to be given; it follows every maker's own prompt."""

_DETAIL_LENGTH = 400


class DraftReason(StrEnum):
    """Why the rules' draft of a part stayed."""

    UNUSABLE = "unusable"
    """Neither answer fitted the form."""
    UNSOUND = "unsound"
    """Both answers, or the repaired one, did not pass the check."""
    REFUSED = "refused"
    """The endpoint does not take the question, as when it is too long."""
    UNANSWERED = "unanswered"
    """This one question got no answer after all retries, while others did."""


class MakerRecord(BaseModel):
    """Who made one part of a run.

    Attributes:
        part: what was to be made ("description", "policy", ...).
        subject: of what: a tool's id, a domain's, a task's, or a path below one ("shop/get_order").
        maker: "rules" where the draft stayed.
        prompt: by name and version ("policy.md 1").
        rounds: questions that were asked for it; 0 where none was answered.
        reason, detail: why the draft stayed; empty where the model made the part.
    """

    model_config = ConfigDict(frozen=True)

    stage: str
    part: str
    subject: str
    maker: Literal["model", "rules"]
    model: str
    prompt: str
    rounds: int
    reason: DraftReason | None = None
    detail: str = ""


@dataclass(frozen=True)
class Made(Generic[Answer]):
    """What came of one question.

    Attributes:
        answer: None where none fitted the form.
        sound: the subjects for which the answer may be used.
        records: one a subject.
    """

    answer: Answer | None
    sound: frozenset[str]
    records: tuple[MakerRecord, ...]


class PartMaker:
    """Makes parts for one stage by asking one model.

    Args:
        model: of the role "builder".
        stage: for the records.
    """

    def __init__(self, model: ChatModel, stage: str) -> None:
        self._model = model
        self._stage = stage

    async def make(
        self,
        part: str,
        subjects: Sequence[str],
        prompt: Prompt,
        given: dict[str, Any],
        form: type[Answer],
        check: Check[Answer],
    ) -> Made[Answer]:
        """Asks one question about one or several subjects.

        Args:
            part: what is to be made of each.
            prompt: without blanks; what it is about stands in `given`.
            given: plain data, the draft among it.  It may hold hostile text: the model gets it as
                JSON in a message of its own, after instructions that call it data.
            form: of the answer.
            check: what is wrong with an answer, by subject; what is found under any other name
                condemns the answer for all.

        Raises:
            AgentScalerError: the endpoint answers nobody, or the budget is spent.
        """
        schema = orjson.dumps(form.model_json_schema()).decode()
        told = f"{prompt.fill()}\n\n{ANSWERING.fill(schema=schema)}"
        request = Request(
            messages=(
                Message(role="system", content=told),
                Message(role="user", content=orjson.dumps(given).decode()),
            )
        )
        try:
            asked = await ask(self._model, request, form, check)
        except UnusableAnswerError as error:
            return self._drafts(part, subjects, prompt, 2, DraftReason.UNUSABLE, str(error))
        except RequestRefusedError as error:
            return self._drafts(part, subjects, prompt, 0, DraftReason.REFUSED, str(error))
        except EndpointError as error:
            return self._drafts(part, subjects, prompt, 0, DraftReason.UNANSWERED, str(error))
        wrong = {subject: _wrong(subject, subjects, asked.faults) for subject in subjects}
        records = [
            self._record(part, subject, prompt, asked.rounds, DraftReason.UNSOUND, detail)
            if detail
            else self._record(part, subject, prompt, asked.rounds)
            for subject, detail in wrong.items()
        ]
        sound = frozenset(subject for subject, detail in wrong.items() if not detail)
        return Made(asked.answer, sound, tuple(records))

    def _drafts(
        self,
        part: str,
        subjects: Sequence[str],
        prompt: Prompt,
        rounds: int,
        reason: DraftReason,
        detail: str,
    ) -> Made[Answer]:
        records = (
            self._record(part, subject, prompt, rounds, reason, detail) for subject in subjects
        )
        return Made(None, frozenset(), tuple(records))

    def _record(
        self,
        part: str,
        subject: str,
        prompt: Prompt,
        rounds: int,
        reason: DraftReason | None = None,
        detail: str = "",
    ) -> MakerRecord:
        return MakerRecord(
            stage=self._stage,
            part=part,
            subject=subject,
            maker="model" if reason is None else "rules",
            model=self._model.name,
            prompt=f"{prompt.name} {prompt.version}",
            rounds=rounds,
            reason=reason,
            detail=detail[:_DETAIL_LENGTH],
        )


def _wrong(subject: str, subjects: Sequence[str], faults: Faults) -> str:
    """What is wrong with an answer as far as it is about a subject."""
    own = [*faults.get(subject, ())]
    general = [fault for thing, found in faults.items() if thing not in subjects for fault in found]
    return "; ".join([*own, *general])
