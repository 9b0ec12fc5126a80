"""`CallStore`: answers and costs that survive."""

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agentscaler.chat import Message
from agentscaler.errors import RunFolderError
from agentscaler.llm import CallStore, Completion, EndpointSettings, Request, Sampling, Usage
from agentscaler.llm.call_store import Account, cost_of, key_of
from tests.unit.llm.conftest import question

ACCOUNT = Account("rollout", "agent", "tiny")


def answer(text: str = "Yes.", tokens: int = 10) -> Completion:
    usage = Usage(prompt_tokens=tokens, completion_tokens=1)
    return Completion(text=text, calls=(("c", "f", "{"),), finish="length", usage=usage, model="m")


def test_an_answer_is_found_again_as_it_was_and_knows_that_it_was_kept(tmp_path: Path) -> None:
    with CallStore(tmp_path / "calls.sqlite") as store:
        assert store.find(b"k") is None
        assert store.keep(b"k", answer(), ACCOUNT, 5, 0.5) == answer()
    with CallStore(tmp_path / "calls.sqlite") as store:
        found = store.find(b"k")
        assert found is not None
        assert found.from_store
        assert found.model_copy(update={"from_store": False}) == answer()


def test_the_first_of_two_answers_holds_and_both_are_paid() -> None:
    with CallStore() as store:
        store.keep(b"k", answer("first"), ACCOUNT, 5, 0)
        assert store.keep(b"k", answer("second"), ACCOUNT, 7, 0).text == "first"
        assert [(line.calls, line.nano_usd) for line in store.costs()] == [(2, 12)]


def test_the_bill_is_exact_by_stage_role_and_model() -> None:
    rng = random.Random(1)
    prices = [rng.randrange(10**15) for _ in range(1000)]
    with CallStore() as store:
        for number, price in enumerate(prices):
            account = Account("rollout", ("agent", "user")[number % 2], "tiny")
            store.keep(str(number).encode(), answer(tokens=number), account, price, 0)
        agent, user = store.costs()
    assert (agent.role, user.role) == ("agent", "user")
    assert agent.nano_usd == sum(prices[::2])
    assert user.nano_usd == sum(prices[1::2])
    assert agent.prompt_tokens + user.prompt_tokens == sum(range(1000))


def test_an_answer_that_is_used_again_is_counted_and_costs_nothing() -> None:
    with CallStore() as store:
        assert store.reuse(b"k", ACCOUNT) is None
        store.keep(b"k", answer(tokens=10), ACCOUNT, 5, 1.5)
        store.reuse(b"k", ACCOUNT)
        store.reuse(b"k", ACCOUNT)
        (line,) = store.costs()
    assert (line.calls, line.reused, line.prompt_tokens, line.nano_usd) == (1, 2, 10, 5)
    assert line.seconds == 1.5


KEEP_UNTIL_KILLED = """
import sys
from pathlib import Path
from agentscaler.llm import CallStore, Completion, Usage
from agentscaler.llm.call_store import Account
store = CallStore(Path(sys.argv[1]))
number = 0
while True:
    store.keep(str(number).encode(), Completion(text=str(number), usage=Usage(prompt_tokens=1)),
               Account("rollout", "agent", "tiny"), 3, 0.0)
    number += 1
    if number == 100:
        print("going", flush=True)
"""


def test_a_process_that_is_killed_leaves_answers_and_bill_in_step(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", KEEP_UNTIL_KILLED, path], stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"going\n"
        process.send_signal(signal.SIGKILL)
    with CallStore(path) as store:
        (line,) = store.costs()
        assert line.calls >= 100
        assert line.nano_usd == 3 * line.calls
        assert store.find(str(line.calls - 1).encode()) is not None
        assert store.find(str(line.calls).encode()) is None


def test_two_threads_may_use_one_store(tmp_path: Path) -> None:
    with CallStore(tmp_path / "calls.sqlite") as store:

        def work(name: str) -> None:
            for number in range(200):
                store.keep(f"{name}{number}".encode(), answer(tokens=1), ACCOUNT, 1, 0)
                store.reuse(f"{name}{number}".encode(), ACCOUNT)

        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (line,) = store.costs()
    assert (line.calls, line.reused, line.nano_usd, line.prompt_tokens) == (400, 400, 400, 400)


def test_the_bill_may_be_read_while_a_run_goes_on(tmp_path: Path) -> None:
    with CallStore(tmp_path / "calls.sqlite") as writer, CallStore(tmp_path / "calls.sqlite") as at:
        writer.keep(b"k", answer(), ACCOUNT, 5, 0)
        assert at.costs() == writer.costs() != []


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "calls.sqlite").write_text("Dear diary, " * 1000)
    with pytest.raises(RunFolderError, match=r"calls\.sqlite.*not a database"):
        CallStore(tmp_path / "calls.sqlite")


def test_an_answer_that_was_damaged_is_the_run_folders_trouble_and_no_agents(
    tmp_path: Path,
) -> None:
    with CallStore(tmp_path / "calls.sqlite") as store:
        store._database.execute("INSERT INTO answers VALUES (?, ?)", (b"k", b"torn"))
        with pytest.raises(RunFolderError, match=r"calls\.sqlite"):
            store.find(b"k")


ENDPOINT = EndpointSettings(model="tiny")


def test_whatever_changes_an_answer_changes_the_key() -> None:
    asked = question()
    tool = {"type": "function", "function": {"name": "f"}}
    keys = [
        key_of(ENDPOINT, asked),
        key_of(ENDPOINT.model_copy(update={"model": "large"}), asked),
        key_of(ENDPOINT.model_copy(update={"sampling": Sampling(temperature=0.7)}), asked),
        key_of(ENDPOINT, question("Is it closed?")),
        key_of(ENDPOINT, Request(messages=(Message(role="system", content="Is it open?"),))),
        key_of(ENDPOINT, question(tools=(tool,))),
        key_of(ENDPOINT, question(sample=1)),
        key_of(ENDPOINT, question(sampling=Sampling(temperature=0.5))),
        key_of(ENDPOINT, question(sampling=Sampling(extra={"min_p": 0.1}))),
        key_of(ENDPOINT, question(sampling=Sampling(seed=0))),
    ]
    assert len(set(keys)) == len(keys)


def test_where_how_fast_and_for_how_much_changes_no_key() -> None:
    elsewhere = EndpointSettings(
        base_url="https://other/v1", model="tiny", api_key_env="K", retries=1, input_usd=9
    )
    assert key_of(elsewhere, question()) == key_of(ENDPOINT, question())


def test_a_call_costs_what_its_tokens_cost_a_million_each() -> None:
    prices = EndpointSettings(model="tiny", input_usd=0.15, cached_usd=0.075, output_usd=0.6)
    usage = Usage(prompt_tokens=1000, cached_tokens=400, completion_tokens=50)
    assert cost_of(prices, Completion(usage=usage)) == 600 * 150 + 400 * 75 + 50 * 600
    assert cost_of(ENDPOINT, Completion(usage=usage)) == 0


def test_cached_tokens_without_a_price_cost_as_much_as_others_and_may_be_free() -> None:
    usage = Usage(prompt_tokens=1000, cached_tokens=400)
    assert cost_of(EndpointSettings(input_usd=1), Completion(usage=usage)) == 1_000_000
    free = EndpointSettings(input_usd=1, cached_usd=0)
    assert cost_of(free, Completion(usage=usage)) == 600_000
