"""Answers in JSON: asked for with a schema, checked, and given one chance of repair."""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from agentscaler.chat import Message
from agentscaler.llm.chat_model import AnswerSchema, ChatModel, Completion, Request

__all__ = ["UnusableAnswerError", "ask"]

Answer = TypeVar("Answer", bound=BaseModel)

_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_ERRORS_QUOTED = 8


class UnusableAnswerError(Exception):
    """Neither the first answer nor its repair fits the form; the text says what was wrong."""


async def ask(model: ChatModel, request: Request, form: type[Answer]) -> Answer:
    """The model's answer as a record.

    An answer that does not fit is shown to the model once, with everything that is wrong with it.

    Raises:
        UnusableAnswerError: the repaired answer does not fit either.
        EndpointError, RequestRefusedError, AgentScalerError: see `ChatModel.complete`.
    """
    schema = AnswerSchema(name=form.__name__, schema_=form.model_json_schema())
    request = request.model_copy(update={"answer": schema})
    completion = await model.complete(request)
    try:
        return _read(completion, form)
    except ValueError as error:
        faults = _faults(completion, error)
    repair = (
        Message(role="assistant", content=completion.text or "(nothing)"),
        Message(
            role="user",
            content=f"That does not fit the form:\n{faults}\nGive the whole answer again, as JSON "
            "that fits it, and nothing else.",
        ),
    )
    completion = await model.complete(
        request.model_copy(update={"messages": (*request.messages, *repair)})
    )
    try:
        return _read(completion, form)
    except ValueError as error:
        raise UnusableAnswerError(_faults(completion, error)) from error


def _read(completion: Completion, form: type[Answer]) -> Answer:
    text = _THOUGHT.sub("", completion.text)
    fenced = _FENCE.match(text)
    return form.model_validate_json(fenced.group(1) if fenced else text)


def _faults(completion: Completion, error: ValueError) -> str:
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
