"""`agentscaler dataset inspect`: an example as a model sees it, coloured by the loss mask."""

import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from agentscaler.interfaces.cli.boundary import output_console
from agentscaler.interfaces.cli.options import RunOption

if TYPE_CHECKING:
    from agentscaler.dataset import Example
    from agentscaler.training import ChatTemplate, Rendered, Tokenizer

__all__ = ["inspect", "print_mask"]

_LEARNED, _UNLEARNED, _CONTEXT = "bold green", "yellow", "dim"
_SHORT = 600


def inspect(
    run: RunOption,
    template: Annotated[
        str,
        typer.Option(
            "--template",
            metavar="NAME|PATH",
            help="compact, hermes, llama3, mistral, qwen2.5, qwen3; or a Jinja file, a"
            " tokenizer_config.json or a tokenizer's folder.",
        ),
    ],
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="[ID]", help="An id, the beginning of one, a number such as #3, or random."
        ),
    ] = "random",
    tokenizer: Annotated[
        Path | None,
        typer.Option(
            "--tokenizer",
            metavar="DIR",
            help="A folder with tokenizer.json; else the template's, else a token is a byte.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page as well.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Do not shorten long texts.")] = False,
) -> None:
    """Show an example as a model sees it, and which tokens of it are learned."""
    from agentscaler.interfaces.cli.inspect_page import mask_page
    from agentscaler.interfaces.cli.lookup import find_example
    from agentscaler.runfolder import RunFolder
    from agentscaler.training import accept_template, check_example, load_template

    example = find_example(RunFolder.open(run), wanted, random.SystemRandom())
    chat = load_template(template)
    unit, tokens = _tokenizer(chat, tokenizer)
    accept_template(chat, tokens, thinking=_has_thinking(example))
    rendered = check_example(example, chat, tokens)
    console = output_console()
    print_mask(console, rendered, chat.name, unit, full=full)
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(mask_page(example, rendered, chat.name, unit), encoding="utf-8")
        console.print(f"Written to {escape(str(html))}", soft_wrap=True)


def print_mask(
    console: Console, rendered: "Rendered", template: str, unit: str, *, full: bool
) -> None:
    """The text of an example: what is learned in green, other turns of the agent in yellow.

    Without colours what is learned stands in double brackets, other turns in angle brackets.

    Args:
        unit: what a token is, in the plural.
    """
    plain = not console.is_terminal or console.no_color
    console.print(f"[bold]{escape(rendered.id)}[/] as {escape(template)} has it", soft_wrap=True)
    text = Text()
    for segment in rendered.segments():
        words = rendered.text[segment.begin : segment.end]
        if segment.turn is None:
            text.append(words if full else _shortened(words), _CONTEXT)
        elif segment.turn.learned:
            text.append(f"⟦{words}⟧" if plain else words, _LEARNED)
        else:
            text.append(f"⟨{words}⟩" if plain else words, _UNLEARNED)
    console.print(text, soft_wrap=True)
    own = sum(s.last - s.first for s in rendered.segments() if s.turn is not None)
    total = len(rendered.ids)
    told = [
        f"[bold]{total:,} {unit}[/]",
        f"[{_LEARNED}]{rendered.learned:,} learned[/] ({rendered.learned / max(1, total):.1%})",
        f"[{_UNLEARNED}]{own - rendered.learned:,} of the agent's not learned[/]",
        f"[{_CONTEXT}]{total - own:,} context[/]",
    ]
    console.print(", ".join(told), soft_wrap=True)
    console.print(
        "The mask is that of the template, and the one read from the text alone: equal for every"
        " token. What stands before each turn is what inference renders.",
        soft_wrap=True,
    )


def _tokenizer(template: "ChatTemplate", wanted: Path | None) -> tuple[str, "Tokenizer"]:
    """What counts as a token, in the plural, and the tokenizer."""
    from agentscaler.training import ByteTokenizer, load_tokenizer

    beside = Path(template.name)
    folder = beside if beside.is_dir() else beside.parent
    if wanted is not None:
        return "tokens", load_tokenizer(wanted)
    if beside.exists() and (folder / "tokenizer.json").exists():
        return "tokens", load_tokenizer(folder)
    controls = template.family.controls if template.family else template.special_tokens.values()
    return "bytes and control tokens", ByteTokenizer(tuple(controls))


def _has_thinking(example: "Example") -> bool:
    return any(
        message.get("reasoning_content") or "<think>" in (message["content"] or "")
        for message in example.messages
        if message["role"] == "assistant"
    )


def _shortened(text: str) -> str:
    if len(text) <= _SHORT:
        return text
    half = _SHORT // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]} [... {left_out:,} characters ...] {text[-half:]}"
