"""`ChatTemplate`: how models want dialogues written down; ours, or one that a tokenizer has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from agentscaler.errors import InputError
from agentscaler.training.families import Family, Span, family_of
from agentscaler.training.refusal import Refusal, TemplateRefusedError

__all__ = ["ChatTemplate", "load_template", "template_names"]

_SUFFIX = ".jinja"
_PACKAGE = resources.files("agentscaler.training") / "templates"


@dataclass(frozen=True)
class ChatTemplate:
    """A chat template.

    Attributes:
        name: for people.
        source: Jinja, as models carry it in `chat_template.jinja`.
        special_tokens: what the template may call by name, such as `bos_token`.
    """

    name: str
    source: str
    special_tokens: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def family(self) -> Family | None:
        """The family by whose rules the rendered text can be read; None if there is none."""
        return family_of(self.source)

    def render(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        add_generation_prompt: bool = False,
        special_tokens: Mapping[str, str] | None = None,
    ) -> tuple[str, list[Span]]:
        """A dialogue as text, and what its generation markers enclose, in order.

        Args:
            add_generation_prompt: end with what stands before a turn of the agent, as inference
                does.
            special_tokens: those of the tokenizer; the template's own come first.

        Raises:
            TemplateRefusedError: the template cannot be run, or asks for the date.
            MissingExtraError: jinja2 is not installed.
        """
        from agentscaler.training.templating import ClockError, TemplateError, run_template

        try:
            return run_template(
                self._compiled,
                messages,
                tools,
                {**(special_tokens or {}), **self.special_tokens},
                add_generation_prompt=add_generation_prompt,
            )
        except ClockError as error:
            raise TemplateRefusedError(Refusal.CLOCK, self.name, str(error)) from error
        except (TemplateError, TypeError) as error:
            raise TemplateRefusedError(Refusal.UNREADABLE, self.name, str(error)) from error

    @cached_property
    def _compiled(self) -> Any:
        from agentscaler.training.templating import TemplateError, compile_template

        try:
            return compile_template(self.source)
        except TemplateError as error:
            raise TemplateRefusedError(Refusal.UNREADABLE, self.name, str(error)) from error


def template_names() -> tuple[str, ...]:
    """The program's own templates."""
    files = (entry.name for entry in _PACKAGE.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def load_template(name: str) -> ChatTemplate:
    """One of the program's own templates, or the one that lies at a path.

    Args:
        name: a name (see `template_names`); or a Jinja file, a `tokenizer_config.json`, or the
            folder of a tokenizer, which holds one of these.

    Raises:
        InputError: there is no such template.
    """
    if name in template_names():
        return ChatTemplate(name, (_PACKAGE / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    path = Path(name)
    if not path.exists():
        raise InputError(
            f"There is no chat template {name}.",
            f"Give a path, or one of {', '.join(template_names())}.",
        )
    if path.is_dir():
        return _of_folder(path)
    if path.suffix == ".json":
        config = _read_config(path)
        return ChatTemplate(name, _of_config(config, path), _special_tokens(config))
    return ChatTemplate(name, path.read_text(encoding="utf-8"))


def _of_folder(folder: Path) -> ChatTemplate:
    """`chat_template.jinja` comes before what `tokenizer_config.json` holds, as in transformers."""
    path = folder / "tokenizer_config.json"
    config = _read_config(path) if path.exists() else {}
    file = folder / "chat_template.jinja"
    if file.exists():
        source = file.read_text(encoding="utf-8")
    else:
        source = _of_config(config, folder)
    return ChatTemplate(str(folder), source, _special_tokens(config))


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}.", "Give another file.") from error
    if not isinstance(config, dict):
        raise InputError(f"{path} holds no JSON object.", "Give a tokenizer's configuration.")
    return config


def _of_config(config: Mapping[str, Any], path: Path) -> str:
    found = config.get("chat_template")
    if isinstance(found, list):
        named = {entry["name"]: entry["template"] for entry in found}
        found = named.get("tool_use", named.get("default"))
    if not isinstance(found, str):
        raise InputError(
            f"{path} holds no chat template.",
            f"Give chat_template.jinja, or one of {', '.join(template_names())}.",
        )
    return found


def _special_tokens(config: Mapping[str, Any]) -> dict[str, str]:
    """Tokens by name; a configuration gives them as text or as an object with `content`."""
    found = {}
    for name, value in config.items():
        text = value.get("content") if isinstance(value, dict) else value
        if name.endswith("_token") and isinstance(text, str):
            found[name] = text
    return found
