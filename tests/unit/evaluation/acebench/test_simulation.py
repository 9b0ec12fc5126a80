import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.simulation import (
    Executed,
    Simulation,
    SimulationFailedError,
    SimulationLostError,
)
from tests.unit.evaluation.acebench.small import STONES, item, write_checkout

TURN, STEP = item("agent_multi_turn_0"), item("agent_multi_step_0")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write_checkout(tmp_path)


def executed(simulation: Simulation, *asked: Sequence[str], one: Any = TURN) -> list[Any]:
    """What comes of each list of texts, an exception where one is raised."""

    async def ask_all() -> list[Any]:
        answers: list[Any] = []
        for texts in asked:
            try:
                answers.append(await simulation.execute(one, texts))
            except (SimulationFailedError, SimulationLostError) as error:
                answers.append(error)
        await simulation.aclose()
        return answers

    return asyncio.run(ask_all())


def test_calls_are_executed_and_what_counts_of_the_state_is_told(home: Path) -> None:
    (answer,) = executed(Simulation(home, "en"), STONES)
    assert answer == Executed(
        reply=[{"room": "hall", "on": "yes"}],
        state=[
            {"BaseApi": {"wifi": True}},
            {"LampApi": {"lamps": {"1": {"room": "hall", "on": "yes"}}}},
        ],
    )


def test_every_question_begins_anew(home: Path) -> None:
    first, again = executed(Simulation(home, "en"), STONES[:1], ["[switch_lamp(number=1, on='x')]"])
    assert first.state[0] == {"BaseApi": {"wifi": True}}
    assert again.state[0] == {"BaseApi": {"wifi": False}}


def test_the_process_keeps_nothing_of_earlier_questions(home: Path) -> None:
    tools = home / "model_inference" / "multi_turn" / "multi_turn_utils.py"
    count = 'return sum(name.startswith("episode") for name in globals())'
    tools.write_text(tools.read_text().replace('return "on"', count))
    answers = executed(Simulation(home, "en"), *[STONES[:1]] * 3)
    assert [one.reply for one in answers] == [[2], [2], [2]]


def test_words_leave_the_state_as_it_was(home: Path) -> None:
    words, later = executed(Simulation(home, "en"), ["hm"], [STONES[0], "hm"], one=STEP)
    assert words == Executed("Only calls.", [])
    assert later.state[0] == {"BaseApi": {"wifi": True}}


@pytest.mark.parametrize(
    "call",
    [
        "switch_lamp(number=1, on=__import__('pathlib').Path('made').touch())",
        "switch_lamp(number=1, on=open('made', 'w'))",
        "switch_lamp(number=9**9**9, on='x')",
        "switch_lamp.__globals__(on=1)",
        "__init__(config={})",
        "switch_lamp(number=7, on='no such lamp')",
        "nothing()",
    ],
)
def test_what_is_no_call_of_a_simulated_function_is_not_evaluated(
    home: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    failed, fine = executed(Simulation(home, "en"), [f"[{call}]"], STONES)
    assert isinstance(failed, SimulationFailedError)
    assert isinstance(fine, Executed)
    assert not (home / "made").exists()


def test_a_process_that_ends_or_hangs_is_started_again(home: Path) -> None:
    simulation = Simulation(home, "en", seconds=4)
    answers = executed(simulation, ["[die()]"], STONES, ["[sleep()]"], STONES)
    kinds = [type(one) for one in answers]
    assert kinds == [SimulationLostError, Executed, SimulationLostError, Executed]


def test_a_process_that_is_lost_over_and_over_is_the_users_to_mend(home: Path) -> None:
    with pytest.raises(InputError, match="over and over"):
        executed(Simulation(home, "en"), *[["[die()]"]] * 9)


def test_it_sees_no_keys(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    tools = home / "model_inference" / "multi_turn" / "multi_turn_utils.py"
    text = tools.read_text().replace('return "on"', "return sorted(os.environ)")
    tools.write_text(text)
    (answer,) = executed(Simulation(home, "en"), STONES[:1])
    assert "PATH" in answer.reply[0]
    assert "OPENAI_API_KEY" not in answer.reply[0]


def test_a_folder_that_is_no_checkout_and_no_interpreter_are_refused(
    home: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no checkout"):
        executed(Simulation(tmp_path / "nowhere", "en"), STONES)
    with pytest.raises(InputError, match="cannot be used"):
        executed(Simulation(home, "en", python=str(tmp_path / "python")), STONES)
    (home / "model_inference" / "multi_turn" / "execution_role.py").write_text("import nothing\n")
    with pytest.raises(InputError, match="could not be imported"):
        executed(Simulation(home, "en"), STONES)
