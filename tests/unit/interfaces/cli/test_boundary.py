"""`Boundary`: what becomes of exceptions at the edge of the program."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from agentscaler.errors import RunFolderError
from agentscaler.interfaces.cli.boundary import Boundary

FLOOD = """
import typer
from agentscaler.interfaces.cli.boundary import Boundary, output_console
app = typer.Typer(cls=Boundary)
@app.command()
def flood() -> None:
    for number in range(100_000):
        output_console().print(number)
@app.command()
def other() -> None: ...
app()
"""


def run(error: BaseException) -> object:
    app = typer.Typer(cls=Boundary)

    @app.command()
    def fail() -> None:
        raise error

    @app.command()
    def other() -> None:
        pass

    return CliRunner().invoke(app, ["fail"])


def test_an_error_the_user_can_mend_is_two_lines_and_exit_code_2() -> None:
    result = run(RunFolderError("The shelf [bold]7[/] is full.", "Clear it."))
    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["Error: The shelf [bold]7[/] is full.", "Clear it."]


def test_ctrl_c_is_exit_code_130_and_says_that_the_run_goes_on() -> None:
    result = run(KeyboardInterrupt())
    assert result.exit_code == 130
    assert "give the same command again" in result.stderr


def test_an_error_of_ours_is_not_hidden() -> None:
    result = run(ZeroDivisionError("a defect"))
    assert isinstance(result.exception, ZeroDivisionError)


@pytest.mark.parametrize("lines", [0, 3])
def test_a_reader_that_goes_away_ends_the_program_quietly(lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FLOOD, "flood"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert [program.stdout.readline() for _ in range(lines)] == [f"{n}\n" for n in range(lines)]
        program.stdout.close()
        assert program.stderr.read() == ""
    assert program.returncode == 0
