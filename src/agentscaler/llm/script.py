"""Scripts: what a pretended model answers, and how its endpoint fails.

A script is a list of rules in YAML or JSON.  The first rule that fits a request and is not used up
answers it:

    - when: {says: "refund", role: user}     # a regular expression over the last message
      say: "Which order is it?"
    - when: {schema: ToolDescriptions}       # the name of the form that is asked for
      json: {tools: []}
    - when: {tool: get_order}                # a tool that may be called
      call: [{name: get_order, arguments: {order_id: "O-1"}}]
    - fault: {status: 429, retry_after: 1}   # no condition: any request
      times: 2
"""

import re
import threading
from pathlib import Path
from typing import Any, Literal, Self

import orjson
import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from agentscaler.errors import InputError

__all__ = ["Condition", "Fault", "Reply", "Rule", "Script"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Part):
    """When a rule applies; what is not given holds for every request.

    Attributes:
        says: a regular expression that is found in the last message, whatever its case.
        anywhere: one that is found in any message.
        role: of the last message.
        tool: a tool that the answer may call.
        schema_: the name of the form that the answer is to have.
        model: the model that is asked.
        turn: how many answers the conversation holds already.
    """

    says: str = ""
    anywhere: str = ""
    role: str = ""
    tool: str = ""
    schema_: str = Field(default="", alias="schema")
    model: str = ""
    turn: int | None = None

    @field_validator("says", "anywhere")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pattern

    def holds(self, body: dict[str, Any]) -> bool:
        """Whether it holds for the JSON body of a request."""
        messages = body.get("messages") or [{}]
        last = messages[-1]
        tools = {tool.get("function", {}).get("name") for tool in body.get("tools") or ()}
        form = (body.get("response_format") or {}).get("json_schema", {}).get("name", "")
        return (
            (not self.says or _found(self.says, last))
            and (not self.anywhere or any(_found(self.anywhere, one) for one in messages))
            and (not self.role or last.get("role") == self.role)
            and (not self.tool or self.tool in tools)
            and (not self.schema_ or form == self.schema_)
            and (not self.model or body.get("model") == self.model)
            and (
                self.turn is None
                or self.turn == sum(one.get("role") == "assistant" for one in messages)
            )
        )


class Fault(_Part):
    """How an endpoint fails.

    Attributes:
        status: an HTTP status in place of an answer.
        retry_after: seconds for that header.
        cut: the answer's body ends after so many bytes.
        drop: the connection is closed without a word.
        no_choices: a well-formed answer without any choice.
    """

    status: int | None = None
    retry_after: float | None = None
    cut: int | None = None
    drop: bool = False
    no_choices: bool = False


class Reply(_Part):
    """A tool call of an answer; `arguments` that are text go out as they are, JSON or not."""

    name: str
    arguments: dict[str, Any] | str = {}


class Rule(_Part):
    """One rule.

    Attributes:
        times: how often it may be used; None without end.
        only: a field by which lists in the answer are cut down: an entry stays if the question
            has the field's value as a text of its own.
        delay: seconds before the answer.
        finish: why the answer ended, if not for the usual reason.
    """

    when: Condition = Condition()
    say: str = ""
    json_: Any = Field(default=None, alias="json")
    call: tuple[Reply, ...] = ()
    fault: Fault | None = None
    only: str = ""
    times: int | None = Field(default=None, ge=0)
    delay: float = Field(default=0, ge=0)
    finish: Literal["stop", "length", "tool_calls", "content_filter"] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @model_validator(mode="after")
    def _answers_something(self) -> Self:
        if not (self.say or self.json_ is not None or self.call or self.fault):
            raise ValueError("a rule needs one of say, json, call and fault")
        return self


class Script:
    """Rules, and how often each was used; may be asked from several threads."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self._used = [0] * len(rules)
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, content: str, origin: str = "the script") -> Self:
        """Reads a script.

        Raises:
            InputError: it is no YAML, or a rule is not as it should be.
        """
        try:
            rules = TypeAdapter(list[Rule]).validate_python(yaml.safe_load(content))
        except yaml.YAMLError as error:
            raise InputError(f"{origin} is no YAML: {error}", "Mend it there.") from error
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise InputError(
                f"{origin} has a rule that is not as it should be: {place}: {fault['msg']}.",
                "A script is a list of rules; each has when, and one of say, json, call, fault.",
            ) from error
        return cls(rules)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a script from a file.

        Raises:
            InputError: it cannot be read, or is no script.
        """
        try:
            return cls.parse(path.read_text(), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path} cannot be read: {error}.", "Name a script.") from error

    def choose(self, body: dict[str, Any]) -> Rule | None:
        """The rule that answers a request, counted as used; None if none fits."""
        with self._lock:
            for number, rule in enumerate(self.rules):
                spent = rule.times is not None and self._used[number] >= rule.times
                if not spent and rule.when.holds(body):
                    self._used[number] += 1
                    return rule
        return None

    @property
    def used(self) -> tuple[int, ...]:
        """How often each rule was used."""
        return tuple(self._used)


def answer_body(rule: Rule, body: dict[str, Any], number: int) -> dict[str, Any]:
    """A rule's answer to a request, as an endpoint writes it.

    Tokens that a rule does not give are counted as four characters each.
    """
    told = rule.json_ if not rule.only else _cut(rule.json_, rule.only, body)
    text = rule.say if told is None else orjson.dumps(told).decode()
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if rule.call:
        message["tool_calls"] = [
            {
                "id": f"call_{number}_{place}",
                "type": "function",
                "function": {"name": call.name, "arguments": _text(call.arguments)},
            }
            for place, call in enumerate(rule.call)
        ]
    finish = rule.finish or ("tool_calls" if rule.call else "stop")
    prompt = rule.prompt_tokens
    completion = rule.completion_tokens
    prompt = len(orjson.dumps(body["messages"])) // 4 if prompt is None else prompt
    completion = len(orjson.dumps(message)) // 4 if completion is None else completion
    return {
        "id": f"scripted-{number}",
        "object": "chat.completion",
        "model": body.get("model", ""),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        },
    }


def _cut(answer: Any, field: str, body: dict[str, Any]) -> Any:
    """An answer whose lists hold no entry but those that the question speaks of."""
    asked = next((one["content"] for one in body["messages"] if one.get("role") == "user"), "")
    if isinstance(answer, dict):
        return {name: _cut(value, field, body) for name, value in answer.items()}
    if not isinstance(answer, list):
        return answer
    return [
        one
        for one in answer
        if not isinstance(one, dict) or field not in one or f'"{one[field]}"' in asked
    ]


def _text(arguments: dict[str, Any] | str) -> str:
    return arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()


def _found(pattern: str, message: dict[str, Any]) -> bool:
    return re.search(pattern, message.get("content") or "", re.IGNORECASE) is not None
