"""Runs chat templates as transformers runs them, and notes what generation markers enclose.

The same sandbox, the same filters and functions, but for the clock: a template that asks for the
date would be trained on another text than inference renders, so it is refused.  transformers masks
by the `{% generation %}` tag, and so does this; it needs jinja2 alone.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from agentscaler.errors import MissingExtraError
from agentscaler.training.families import Span

try:
    from jinja2 import Environment, Template, TemplateError, nodes
    from jinja2.ext import Extension
    from jinja2.parser import Parser
    from jinja2.sandbox import ImmutableSandboxedEnvironment
except ImportError as error:
    raise MissingExtraError(
        "Chat templates need the package jinja2, which is not installed.",
        "Run: pip install 'agentscaler[templates]'",
    ) from error

__all__ = ["ClockError", "TemplateError", "compile_template", "run_template"]

_BEGINS, _ENDS = "generation_begins", "generation_ends"
_PRIVATE = range(0xF0000, 0xFFFFD)


class ClockError(TemplateError):
    """A template asks for the date."""


class _GenerationTag(Extension):
    """`{% generation %}` ... `{% endgeneration %}`: a mark before and after what is inside."""

    tags = {"generation"}  # noqa: RUF012 - the base class declares it so

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        begin, end = (
            nodes.Output([nodes.Name(name, "load")], lineno=line) for name in (_BEGINS, _ENDS)
        )
        return nodes.Scope([begin, *body, end], lineno=line)


def compile_template(source: str) -> Template:
    """Makes a template ready to run.

    Raises:
        TemplateError: the source is no Jinja.
    """
    environment: Environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_GenerationTag, "jinja2.ext.loopcontrols"],
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = _refuse_the_clock
    return environment.from_string(source)


def run_template(
    template: Template,
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]],
    special_tokens: Mapping[str, str],
    *,
    add_generation_prompt: bool,
) -> tuple[str, list[Span]]:
    """Renders a dialogue.

    Returns:
        the text, and what of it stood between generation markers, in order.

    Raises:
        TemplateError: the template raises it on this dialogue.
    """
    begin, end = _unused(json.dumps([list(messages), list(tools)], ensure_ascii=False))
    text = template.render(
        messages=list(messages),
        tools=list(tools) or None,
        documents=None,
        add_generation_prompt=add_generation_prompt,
        **special_tokens,
        **{_BEGINS: begin, _ENDS: end},
    )
    return _without_marks(text, begin, end)


def _without_marks(text: str, begin: str, end: str) -> tuple[str, list[Span]]:
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for number, block in enumerate(text.split(begin)):
        inside, mark, outside = block.partition(end)
        if number:
            spans.append((length, length + len(inside)))
        elif mark:
            raise TemplateError("generation markers are not in pairs")
        pieces += [inside, outside]
        length += len(inside) + len(outside)
    return "".join(pieces), spans


def _unused(text: str) -> tuple[str, str]:
    """Two private characters that do not stand in a text."""
    free = (chr(code) for code in _PRIVATE if chr(code) not in text)
    return next(free), next(free)


def _to_json(value: Any, **options: Any) -> str:
    """As in transformers: letters of all languages stay, nothing is escaped for HTML."""
    options.setdefault("ensure_ascii", False)
    return json.dumps(value, **options)


def _raise(message: str) -> NoReturn:
    raise TemplateError(message)


def _refuse_the_clock(form: str) -> NoReturn:
    raise ClockError(f"it asks for the date, as {form}")
