import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.client import BridgePool
from agentscaler.evaluation.tau.home import Home
from agentscaler.evaluation.tau.process import BridgeLostError, CallFailedError
from tests.unit.evaluation.tau.homes import fake_home

PLAY = {"domain": "shop", "trial": 0, "seed": 7, "id": "the-id", "max_steps": 4}


def used(home: Home, work: Callable[[BridgePool], Awaitable[Any]], **options: Any) -> Any:
    """What comes of some work with a pool that is closed afterwards."""

    async def run() -> Any:
        async with BridgePool(home, **options) as pool:
            return await work(pool)

    return asyncio.run(run())


def processes(home: Home) -> list[int]:
    return [int(line) for line in (home.path / "processes.txt").read_text().split()]


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def says_stop(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "answer",
        "text": "###STOP###",
        "calls": [],
        "finish": "stop",
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        "model": "scripted",
        "cost": 0.5,
    }


def test_a_bridge_says_what_it_found(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    (home.path / ".git").mkdir()
    (home.path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (home.path / ".git" / "packed-refs").write_text("# packed\nabc123 refs/heads/main\n")
    found = used(home, lambda pool: pool.found())
    assert found["package"] == "tau2"
    assert found["domains"] == ["bazaar", "shop"]
    assert found["commit"] == "abc123"


def test_what_a_package_prints_does_not_disturb_the_channel(tmp_path: Path) -> None:
    tasks = used(fake_home(tmp_path / "home"), lambda pool: pool.call("tasks", {"domain": "shop"}))
    assert [task["id"] for task in tasks] == ["one", "two", "nothing", "three|[x]"]
    assert [task["kind"] for task in tasks] == ["write", "write", "none", "write"]
    assert [task["calls"] for task in tasks] == [1, 1, 0, 1]


def test_a_question_of_the_package_is_answered_by_whoever_made_the_call(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        return await says_stop(question)

    played = used(
        fake_home(tmp_path / "home"),
        lambda pool: pool.call("play", {**PLAY, "task_id": "one"}, answer),
    )
    assert played["messages"][-1] == {"role": "user", "content": "###STOP###"}
    assert [(one["role"], one["seed"]) for one in asked] == [("user", 7)]


def test_an_exception_of_the_package_comes_back_with_its_name_and_trace(tmp_path: Path) -> None:
    with pytest.raises(CallFailedError, match="the package is broken") as raised:
        used(
            fake_home(tmp_path / "home"),
            lambda pool: pool.call("play", {**PLAY, "split": "troubled", "task_id": "breaks"}),
        )
    assert raised.value.kind == "RuntimeError"
    assert "_trouble" in raised.value.trace


def test_what_answering_raises_is_raised_to_whoever_made_the_call(tmp_path: Path) -> None:
    async def cannot(asked: dict[str, Any]) -> dict[str, Any]:
        raise LookupError("no model")

    async def work(pool: BridgePool) -> Any:
        with pytest.raises(LookupError, match="no model"):
            await pool.call("play", {**PLAY, "task_id": "one"}, cannot)
        return await pool.call("tasks", {"domain": "shop", "limit": 1})  # it still serves

    assert len(used(fake_home(tmp_path / "home"), work)) == 1


def test_a_process_that_ends_is_lost_and_the_next_call_starts_another(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    given = {**PLAY, "split": "troubled", "task_id": "dies once"}

    async def work(pool: BridgePool) -> Any:
        with pytest.raises(BridgeLostError, match="it ended"):
            await pool.call("play", given, says_stop)
        return await pool.call("play", given, says_stop)

    assert used(home, work)["termination_reason"] == "user_stop"
    assert len(processes(home)) == 2


def test_a_process_that_hangs_is_killed(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    given = {**PLAY, "split": "troubled", "task_id": "hangs once"}

    with pytest.raises(BridgeLostError, match="kept silent"):
        used(home, lambda pool: pool.call("play", given, says_stop), silent_seconds=0.4)
    assert not lives(processes(home)[0])
    played = used(home, lambda pool: pool.call("play", given, says_stop))
    assert played["termination_reason"] == "user_stop"


def test_a_process_that_waits_for_a_model_is_not_taken_for_one_that_hangs(tmp_path: Path) -> None:
    async def slowly(asked: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(4)
        return await says_stop(asked)

    played = used(
        fake_home(tmp_path / "home"),
        lambda pool: pool.call("play", {**PLAY, "task_id": "one"}, slowly),
        silent_seconds=3,
    )
    assert played["termination_reason"] == "user_stop"


def test_a_package_whose_processes_die_over_and_over_is_given_up(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    given = {**PLAY, "split": "troubled", "task_id": "dies"}

    async def work(pool: BridgePool) -> None:
        for _ in range(4):
            calls = [pool.call("play", given, says_stop) for _ in range(2)]
            lost = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(one) for one in lost] == [BridgeLostError, BridgeLostError]
        await pool.call("play", given, says_stop)

    with pytest.raises(InputError, match="lost over and over"):
        used(home, work)


def test_a_call_alone_takes_no_other_with_it(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    dies = {**PLAY, "split": "troubled", "task_id": "dies"}

    async def work(pool: BridgePool) -> Any:
        going_on = asyncio.Event()

        async def waits(asked: dict[str, Any]) -> dict[str, Any]:
            await going_on.wait()
            return await says_stop(asked)

        other = asyncio.create_task(pool.call("play", {**PLAY, "task_id": "one"}, waits))
        with pytest.raises(BridgeLostError):
            await pool.call("play", dies, says_stop, alone=True)
        going_on.set()
        return await other

    assert used(home, work)["termination_reason"] == "user_stop"


def test_an_idle_process_is_taken_before_another_is_started(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")

    async def work(pool: BridgePool) -> None:
        for _ in range(3):
            await pool.call("tasks", {"domain": "shop"})

    used(home, work, processes=2)
    assert len(processes(home)) == 1


def test_calls_at_the_same_time_are_spread_over_processes(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")

    async def work(pool: BridgePool) -> None:
        await asyncio.gather(*(pool.call("tasks", {"domain": "shop"}) for _ in range(4)))

    used(home, work, processes=2)
    assert len(processes(home)) == 2


def test_a_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    used(home, lambda pool: pool.found())
    until = time.monotonic() + 30
    while lives(processes(home)[0]) and time.monotonic() < until:
        time.sleep(0.01)
    assert not lives(processes(home)[0])


def test_keys_are_not_given_to_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake_home(tmp_path / "home")
    code = "import os, json\nfrom tau2 import HOME\n"
    code += "(HOME / 'environment.json').write_text(json.dumps(dict(os.environ)))\n"
    with (home.path / "src" / "tau2" / "registry.py").open("a") as file:
        file.write(code)
    monkeypatch.setenv("SOME_API_KEY", "a secret")
    monkeypatch.setenv("PLAIN", "no secret")
    used(home, lambda pool: pool.found())
    seen = (home.path / "environment.json").read_text()
    assert "no secret" in seen
    assert "a secret" not in seen


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda home: (home / "src" / "loguru.py").unlink(), "No module named 'loguru'"),
        (lambda home: (home / "data" / "tau2").rename(home / "data" / "gone"), "is missing"),
        (lambda home: (home / "src/tau2/registry.py").write_text("1/0"), "ZeroDivisionError"),
        (
            lambda home: (home / "src/tau2/registry.py").write_text("import os; os._exit(9)"),
            "exit code 9",
        ),
    ],
)
def test_a_home_that_cannot_be_used_says_why(
    tmp_path: Path, break_it: Callable[[Path], object], said: str
) -> None:
    home = fake_home(tmp_path / "home")
    (home.path / "loguru.py").unlink()
    break_it(home.path)
    with pytest.raises(InputError, match="cannot be used") as raised:
        used(home, lambda pool: pool.found())
    assert said in raised.value.what
    assert "--python" in raised.value.remedy


def test_an_interpreter_that_does_not_run_is_told(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    program = tmp_path / "python"
    program.write_text("no program")
    program.chmod(0o755)
    with pytest.raises(InputError, match="does not run"):
        used(Home(home.package, home.path, program), lambda pool: pool.found())
