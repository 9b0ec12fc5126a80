"""Answers in JSON: asked for with a schema, checked, and given one chance of repair."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from agentscaler.chat import Message
from agentscaler.llm.chat_model import AnswerSchema, ChatModel, Completion, Request

__all__ = ["Asked", "Check", "Faults", "UnusableAnswerError", "ask"]

Answer = TypeVar("Answer", bound=BaseModel)

Faults = Mapping[str, Sequence[str]]
"""What is wrong with an answer, by the thing that it is wrong about; "" for the answer itself."""
Check = Callable[[Answer], Faults | Awaitable[Faults]]
"""Looks at what an answer says, beyond its form; whatever can be run is run here."""

_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_ERRORS_QUOTED = 8


class UnusableAnswerError(Exception):
    """Neither the first answer nor its repair fits the form; the text says what was wrong."""


@dataclass(frozen=True)
class Asked(Generic[Answer]):
    """An answer that fits its form.

    Attributes:
        rounds: 1, or 2 where the first answer had to be repaired.
        faults: what the check still finds after the repair; empty for a sound answer.
    """

    answer: Answer
    rounds: int
    faults: Faults = field(default_factory=dict)


async def ask(
    model: ChatModel, request: Request, form: type[Answer], check: Check[Answer] | None = None
) -> Asked[Answer]:
    """The model's answer as a record.

    An answer that does not fit the form, or that the check finds wrong, is shown to the model once,
    with everything that is wrong with it.

    Raises:
        UnusableAnswerError: the repaired answer does not fit the form either.
        EndpointError, RequestRefusedError, AgentScalerError: see `ChatModel.complete`.
    """
    schema = AnswerSchema(name=form.__name__, schema_=form.model_json_schema())
    request = request.model_copy(update={"answer": schema})
    completion = await model.complete(request)
    try:
        answer = _read(completion, form)
    except ValueError as error:
        wrong = f"That does not fit the form:\n{_misfits(completion, error)}"
    else:
        faults = await _faults(answer, check)
        if not faults:
            return Asked(answer, 1)
        wrong = f"That cannot be used as it is:\n{quoted(faults)}"
    repair = (
        Message(role="assistant", content=completion.text or "(nothing)"),
        Message(
            role="user",
            content=f"{wrong}\nGive the whole answer again, mended, as JSON that fits the form, "
            "and nothing else.",
        ),
    )
    completion = await model.complete(
        request.model_copy(update={"messages": (*request.messages, *repair)})
    )
    try:
        answer = _read(completion, form)
    except ValueError as error:
        raise UnusableAnswerError(_misfits(completion, error)) from error
    return Asked(answer, 2, await _faults(answer, check))


def quoted(faults: Faults) -> str:
    """Faults as lines of text."""
    return "\n".join(
        f"- {thing}: {fault}" if thing else f"- {fault}"
        for thing, found in faults.items()
        for fault in found
    )


async def _faults(answer: Answer, check: Check[Answer] | None) -> Faults:
    found = check(answer) if check is not None else {}
    faults = await found if isawaitable(found) else found
    return {thing: wrong for thing, wrong in faults.items() if wrong}


def _read(completion: Completion, form: type[Answer]) -> Answer:
    text = _THOUGHT.sub("", completion.text)
    fenced = _FENCE.match(text)
    return form.model_validate_json(fenced.group(1) if fenced else text)


def _misfits(completion: Completion, error: ValueError) -> str:
    if completion.finish == "length":
        return "- it is cut off: there was no room for more"
    if not isinstance(error, ValidationError):
        return f"- {error}"
    lines = [
        f"- {'.'.join(str(part) for part in fault['loc']) or 'the answer'}: {fault['msg']}"
        for fault in error.errors(include_url=False)
    ]
    more = len(lines) - _ERRORS_QUOTED
    return "\n".join([*lines[:_ERRORS_QUOTED], *([f"- and {more} more"] if more > 0 else [])])
