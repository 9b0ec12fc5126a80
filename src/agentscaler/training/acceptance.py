"""Whether a template and a tokenizer may be trained with: all that must hold, tried out.

`check_example` takes one dialogue and holds against each other what training renders of it and what
inference would; `accept_template` does that with a handful of dialogues that have everything.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agentscaler.dataset import Example
from agentscaler.training.conversation import Conversation
from agentscaler.training.families import Span
from agentscaler.training.probes import probes
from agentscaler.training.refusal import Refusal, TemplateRefusedError
from agentscaler.training.rendering import Rendered, conversation_of, render, spans_by_inference
from agentscaler.training.template import ChatTemplate
from agentscaler.training.tokenizer import Tokenizer

__all__ = ["accept_template", "check_example"]


def accept_template(template: ChatTemplate, tokenizer: Tokenizer, *, thinking: bool = True) -> None:
    """Tries a template out, with the tokenizer that it is to be used with.

    Args:
        thinking: whether thinking is to be trained on: a template without any place for it will
            do for dialogues that have none.

    Raises:
        TemplateRefusedError: with the reason.
    """
    for token in template.family.tokens if template.family else ():
        if len(tokenizer.encode(token).ids) != 1:
            raise TemplateRefusedError(
                Refusal.CONTROL_TOKENS, template.name, f"{token} is not one token of the tokenizer"
            )
    for probe in probes(thinking=thinking):
        check_example(probe, template, tokenizer)


def check_example(example: Example, template: ChatTemplate, tokenizer: Tokenizer) -> Rendered:
    """Renders an example, and makes sure that nothing is lost and that inference agrees.

    Raises:
        TemplateRefusedError: text of the dialogue is missing; the text or the tokens before a turn
            of the agent are not those of inference; or a turn does not end with a control token.
    """
    made = render(example, template, tokenizer)
    conversation = conversation_of(example, template, tokenizer)
    _check_inference(made, conversation, template, tokenizer)
    _check_completeness(made, conversation, template)
    _check_ends(made, template, tokenizer)
    return made


def _check_ends(made: Rendered, template: ChatTemplate, tokenizer: Tokenizer) -> None:
    controls = {*tokenizer.control_tokens, *(template.family.tokens if template.family else ())}
    last = {end: begin for begin, end in made.spans}
    for turn in made.turns:
        ending = made.text[last.get(turn.end, turn.end) : turn.end]
        if ending not in controls:
            raise TemplateRefusedError(
                Refusal.NO_END_OF_TURN,
                template.name,
                f"in {made.id}, a turn ends with {made.text[turn.begin : turn.end][-20:]!r}",
            )


def _check_inference(
    made: Rendered, conversation: Conversation, template: ChatTemplate, tokenizer: Tokenizer
) -> None:
    """Text and tokens before each turn of the agent are those that inference starts from."""
    spans = spans_by_inference(conversation, made.text, template, tokenizer)
    for turn, (begin, end) in zip(made.turns, spans, strict=True):
        if (turn.begin, turn.end) != (begin, end):
            raise TemplateRefusedError(
                Refusal.NOT_AS_IN_INFERENCE,
                template.name,
                f"in {made.id}, inference asks for {made.text[begin:end][:40]!r} where the mask "
                f"has {made.text[turn.begin : turn.end][:40]!r}",
            )
        prompt = tokenizer.encode(made.text[:begin]).ids
        if made.ids[: len(prompt)] != prompt:
            raise TemplateRefusedError(
                Refusal.STRADDLING_TOKEN,
                template.name,
                f"in {made.id}, the text before {made.text[begin:end][:40]!r} has other tokens "
                "alone than together with what follows",
            )


def _check_completeness(made: Rendered, conversation: Conversation, template: ChatTemplate) -> None:
    place = 0
    for number, message in enumerate(conversation.messages):
        for what, text in _texts(message):
            found = _find(made.text, text, place)
            if found is None:
                raise TemplateRefusedError(
                    Refusal.DROPS_TEXT,
                    template.name,
                    f"in {made.id}, {what} of message {number + 1} ({message['role']}) is missing: "
                    f"{text[:60]!r}",
                )
            place = found[1]
    told = made.text[: made.turns[0].begin] if made.turns else made.text
    for tool in conversation.tools:
        function = tool["function"]
        parameters = (function.get("parameters") or {}).get("properties") or {}
        if missing := [name for name in (function["name"], *parameters) if name not in told]:
            raise TemplateRefusedError(
                Refusal.DROPS_TEXT,
                template.name,
                f"in {made.id}, the tools do not stand before the first turn of the agent: "
                f"{missing[0]!r} is missing",
            )


def _texts(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a reader must find of a message, in order."""
    yield "the thinking", message.get("reasoning_content", "")
    yield "the text", message["content"]
    for call in message.get("tool_calls", ()):
        yield "the tool", call["function"]["name"]
        for leaf in _leaves(call["function"]["arguments"]):
            yield "an argument", leaf


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield json.dumps(value)


def _find(text: str, wanted: str, place: int) -> Span | None:
    """The next place of a text, as it is or as JSON writes it; blanks around it do not count."""
    bare = wanted.strip()
    spellings = {bare, json.dumps(bare, ensure_ascii=False)[1:-1], json.dumps(bare)[1:-1]}
    found = ((text.find(one, place), len(one)) for one in sorted(spellings))
    return min(((at, at + size) for at, size in found if at >= 0), default=None)
