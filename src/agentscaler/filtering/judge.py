"""Asks a model how dialogues read, and takes only judgements whose evidence is there.

In: dialogues of one domain that go into one question.  Out: a `Judgement` each, and a record each
of whether one could be taken.  Nothing in the funnel looks at either.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from agentscaler.chat import Message
from agentscaler.filtering.judgement import Criterion, Judgement, Mark
from agentscaler.llm import MakerRecord, PartMaker, Prompt
from agentscaler.rollout.trajectory import Trajectory

__all__ = ["JUDGE_PROMPTS", "JudgeSettings", "batches_of", "judge_dialogues"]

PART = "judgement"
JUDGE_PROMPTS: dict[str, Prompt] = {
    PART: Prompt.read("agentscaler.filtering", "judgement.md"),
}
"""By the part that they ask for."""

_REMARK_LENGTH = 200
_NEEDS_EVIDENCE = 4
"""From this score on a mark needs no quote, and below it one."""
_SPEAKERS = {"user": "user", "assistant": "agent"}
_QUOTED_SPEAKER = {
    Criterion.USER_SPEECH: "user",
    Criterion.HONESTY: "agent",
    Criterion.MANNER: "agent",
}
"""Whose words a quote must be, where not either's."""


class JudgeSettings(BaseModel):
    """How dialogues are put before a judge.

    Attributes:
        characters: of the dialogues of one question; one that is longer has a question alone.
        dialogues: of one question at most.
        result_characters: of what a tool returned that are shown.
        limit: dialogues judged in all, spread over the run; None judges every one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    characters: int = Field(default=24_000, ge=1)
    dialogues: int = Field(default=6, ge=1)
    result_characters: int = Field(default=1_200, ge=100)
    limit: int | None = Field(default=None, ge=0)


class GivenMark(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=1, le=5)
    remark: str = Field(max_length=_REMARK_LENGTH, description="One short sentence.")
    quote: str = Field(
        max_length=_REMARK_LENGTH,
        description='Copied letter by letter from a "said"; empty unless the score is below 4.',
    )


class JudgedDialogue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dialogue: int = Field(description="The number of the dialogue.")
    user_speech: GivenMark
    helpfulness: GivenMark
    honesty: GivenMark
    manner: GivenMark
    coherence: GivenMark
    note: str = Field(max_length=_REMARK_LENGTH, description="One short sentence, or empty.")

    def marks(self) -> dict[Criterion, GivenMark]:
        return {criterion: getattr(self, criterion) for criterion in Criterion}


class Judgements(BaseModel):
    """The form of an answer."""

    model_config = ConfigDict(extra="forbid")

    dialogues: list[JudgedDialogue]


def batches_of(
    trajectories: Iterable[Trajectory], settings: JudgeSettings
) -> Iterator[list[Trajectory]]:
    """Dialogues of one domain in order, by the question that they go into."""
    batch: list[Trajectory] = []
    taken = 0
    for trajectory in trajectories:
        shown = _shown(trajectory, settings.result_characters)
        length = len(orjson.dumps(shown))
        if batch and (taken + length > settings.characters or len(batch) == settings.dialogues):
            yield batch
            batch, taken = [], 0
        batch.append(trajectory)
        taken += length
    if batch:
        yield batch


async def judge_dialogues(
    batch: Sequence[Trajectory],
    maker: PartMaker,
    settings: JudgeSettings | None = None,
) -> tuple[list[Judgement], list[MakerRecord]]:
    """One question about some dialogues of one domain.

    Args:
        batch: never empty; the policy is read from the first.
        maker: asks the model of the role "judge".
        settings: None takes the defaults.

    Returns:
        a judgement of each dialogue for which the answer is sound, in their order; and a record a
        dialogue, by the trajectory's id, which says why there is no judgement where there is none.

    Raises:
        AgentScalerError: the endpoint answers nobody, or the budget is spent.
    """
    settings = settings or JudgeSettings()
    by_number = {str(number): trajectory for number, trajectory in enumerate(batch, 1)}
    given = {
        "policy": batch[0].messages[0].content,
        "dialogues": [
            {"dialogue": int(number), "messages": _shown(trajectory, settings.result_characters)}
            for number, trajectory in by_number.items()
        ],
    }
    prompt = JUDGE_PROMPTS[PART]

    def check(answer: Judgements) -> dict[str, list[str]]:
        return _faults(answer, by_number)

    made = await maker.make(PART, list(by_number), prompt, given, Judgements, check)
    answers = made.answer.dialogues if made.answer is not None else []
    judged = {str(one.dialogue): one for one in answers}
    records = [
        record.model_copy(update={"subject": by_number[record.subject].id})
        for record in made.records
    ]
    judgements = [
        _judgement(by_number[record.subject], judged[record.subject], record)
        for record in made.records
        if record.subject in made.sound
    ]
    return judgements, records


def _judgement(trajectory: Trajectory, judged: JudgedDialogue, record: MakerRecord) -> Judgement:
    return Judgement(
        trajectory=trajectory.id,
        task=trajectory.task,
        domain=trajectory.domain,
        model=record.model,
        prompt=record.prompt,
        marks={
            criterion: Mark(score=mark.score, remark=mark.remark, quote=mark.quote)
            for criterion, mark in judged.marks().items()
        },
        note=judged.note,
    )


def _shown(trajectory: Trajectory, result_characters: int) -> list[dict[str, Any]]:
    """A dialogue as the judge sees it: everything but the policy, which all dialogues share."""
    return [
        _message(message, result_characters)
        for message in trajectory.messages
        if message.role != "system"
    ]


def _message(message: Message, result_characters: int) -> dict[str, Any]:
    if message.role == "tool":
        returned = _returned(message.content, result_characters)
        return {"from": "tool", "refused" if message.is_error else "returned": returned}
    shown: dict[str, Any] = {"from": _SPEAKERS[message.role], "said": message.content}
    if message.tool_calls:
        shown["calls"] = [
            {"tool": call.name, "arguments": call.malformed or call.arguments}
            for call in message.tool_calls
        ]
    return shown


def _returned(content: str, characters: int) -> Any:
    """What a tool returned: whole as JSON, or the beginning of its text."""
    more = len(content) - characters
    if more > 0:
        return f"{content[:characters]} [{more:,} more characters are left out]"
    return orjson.loads(content)


def _faults(answer: Judgements, by_number: Mapping[str, Trajectory]) -> dict[str, list[str]]:
    """What is wrong with an answer, by the number of the dialogue."""
    faults: dict[str, list[str]] = {number: [] for number in by_number}
    seen: set[str] = set()
    for judged in answer.dialogues:
        number = str(judged.dialogue)
        if number not in by_number:
            # Numbers that are shifted by one would put each judgement to the wrong dialogue.
            faults[""] = [
                f"there is no dialogue {judged.dialogue}; they are numbered from 1 to "
                f"{len(by_number)}"
            ]
        elif number in seen:
            faults[number].append("is judged twice; judge it once")
        else:
            seen.add(number)
            faults[number] += _faults_of(judged, _said(by_number[number]))
    for number in by_number:
        if number not in seen:
            faults[number].append("is not judged; judge every dialogue")
    return faults


def _said(trajectory: Trajectory) -> dict[str, list[str]]:
    """What was said, by speaker."""
    said: dict[str, list[str]] = {"user": [], "agent": []}
    for message in trajectory.messages:
        if speaker := _SPEAKERS.get(message.role):
            said[speaker].append(message.content)
    return said


def _faults_of(judged: JudgedDialogue, said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for criterion, mark in judged.marks().items():
        if not (mark.remark + mark.quote).isprintable():
            yield f"{criterion}: the remark and the quote are one line of plain characters each"
        elif mark.score < _NEEDS_EVIDENCE and not mark.remark.strip():
            yield f"{criterion}: a score of {mark.score} needs a remark"
        elif mark.score < _NEEDS_EVIDENCE and not mark.quote.strip():
            yield f"{criterion}: a score of {mark.score} needs a quote"
        elif mark.quote:
            yield from _misquoted(criterion, mark.quote, said)
    if not judged.note.isprintable():
        yield "note: it is one line of plain characters"


def _misquoted(
    criterion: Criterion, quote: str, said: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    speaker = _QUOTED_SPEAKER.get(criterion)
    speakers = (speaker,) if speaker else ("user", "agent")
    if not any(quote in words for one in speakers for words in said[one]):
        yield (
            f"{criterion}: the {' or the '.join(speakers)} did not say {quote!r} in this dialogue, "
            "letter by letter"
        )
