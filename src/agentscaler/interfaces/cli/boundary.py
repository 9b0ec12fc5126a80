"""Where exceptions end: an error the user can mend becomes a line of text and an exit code.

| what happened | exit code |
|---|---|
| `AgentScalerError`, wrong usage | 2 |
| Ctrl-C | 130 |
| the reader of our output went away (`| head`) | 0 |
"""

import os
import sys
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from agentscaler.errors import AgentScalerError

__all__ = ["Boundary", "error_console", "output_console"]

_WIDTH_WITHOUT_TERMINAL = 110


class _PipeConsole(Console):
    """A console whose reader may go away."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Boundary(TyperGroup):
    """The group of all commands; catches what they raise."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except AgentScalerError as error:
            console = error_console()
            console.print(f"[bold red]Error:[/] {_plain(error.what)}", soft_wrap=True)
            if error.remedy:
                console.print(_plain(error.remedy), soft_wrap=True)
            raise typer.Exit(2) from error
        except KeyboardInterrupt as interrupt:
            error_console().print(
                "Stopped. What is done is kept: give the same command again to go on."
            )
            raise typer.Exit(130) from interrupt
        except BrokenPipeError as error:
            # The interpreter flushes standard output once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        return result


def output_console() -> Console:
    """For what a command was asked for: standard output."""
    return _console(stderr=False)


def error_console() -> Console:
    """For progress and complaints: standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = _PipeConsole(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_TERMINAL
    return console


def _plain(text: str) -> str:
    """Text whose square brackets are not markup."""
    return text.replace("[", r"\[")
