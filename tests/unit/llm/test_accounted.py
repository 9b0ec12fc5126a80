"""`AccountedModel` over an endpoint: what is asked, what is remembered, what stops the work."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import (
    AgentScalerError,
    BudgetSpentError,
    EndpointError,
    RequestRefusedError,
)
from agentscaler.llm import (
    AccountedModel,
    Budget,
    CallStore,
    Completion,
    EndpointSettings,
    HttpModel,
    ModelSettings,
    Script,
    ScriptedModel,
)
from agentscaler.llm.scripted_server import ScriptedServer
from tests.unit.llm.conftest import Asking, question

OPEN = "- {say: 'Until ten.', prompt_tokens: 100, completion_tokens: 20}"
PRICES: dict[str, Any] = {"input_usd": 1, "output_usd": 10}
A_CALL = 100 * 1000 + 20 * 10_000


def accounted(
    model: ScriptedModel | HttpModel, store: CallStore, budget: Budget | None = None
) -> AccountedModel:
    endpoint = EndpointSettings(model=model.name, **PRICES)
    return AccountedModel(model, endpoint, store, budget or Budget(), "rollout", "agent")


def scripted(script: str) -> ScriptedModel:
    return ScriptedModel(Script.parse(script), "tiny")


def test_what_was_answered_once_is_not_asked_again_not_even_by_another_process(
    tmp_path: Path,
) -> None:
    first, second = scripted(OPEN), scripted("- {say: 'Until nine.'}")
    for model in (first, second):
        with CallStore(tmp_path / "calls.sqlite") as store:
            asked = accounted(model, store)
            answers = [asyncio.run(asked.complete(question())).text for _ in range(3)]
            assert answers == ["Until ten."] * 3
            (line,) = store.costs()
    assert (first.asked, second.asked) == (1, 0)
    assert (line.calls, line.reused, line.nano_usd) == (1, 5, A_CALL)
    assert (line.stage, line.role, line.model) == ("rollout", "agent", "tiny")


def test_the_run_stops_when_the_dollars_are_spent_and_goes_on_with_more(tmp_path: Path) -> None:
    def play(usd: float) -> list[str]:
        settings = ModelSettings(budget_usd=usd)
        with CallStore(tmp_path / "calls.sqlite") as store:
            model = accounted(scripted(OPEN), store, Budget.of(settings, store))
            return [
                asyncio.run(model.complete(question(f"Question {number}"))).text
                for number in range(5)
            ]

    with pytest.raises(BudgetSpentError, match=r"0\.0006 US dollars of the 0\.0005.*--budget-usd"):
        play(0.0005)
    with CallStore(tmp_path / "calls.sqlite") as store:
        assert [line.nano_usd for line in store.costs()] == [2 * A_CALL]
    assert play(1) == ["Until ten."] * 5


def test_the_run_stops_when_the_tokens_are_spent() -> None:
    with CallStore() as store:
        model = accounted(scripted(OPEN), store, Budget(tokens=120))
        asyncio.run(model.complete(question()))
        with pytest.raises(BudgetSpentError, match=r"120 tokens of the 120.*--budget-tokens"):
            asyncio.run(model.complete(question("Another")))
        assert asyncio.run(model.complete(question())).from_store  # what is known stays free


def against(
    script: str, play: Callable[[AccountedModel, CallStore], Awaitable[Any]], asking: Asking
) -> Any:
    async def inside(model: HttpModel, server: ScriptedServer) -> Any:
        with CallStore() as store:
            return await play(accounted(model, store), store), server

    return asking(script, inside)


def test_the_first_question_goes_alone_and_the_others_together(asking: Asking) -> None:
    async def play(model: AccountedModel, store: CallStore) -> None:
        questions = [question(f"Question {number}") for number in range(8)]
        await asyncio.gather(*map(model.complete, questions))

    first = "- {when: {says: 'Question 0'}, say: 'Yes.', delay: 0.05}"
    _, server = against(f"{first}\n- {{say: 'Yes.', delay: 0.05}}", play, asking)
    assert (server.asked, server.most_at_once) == (8, 7)


def test_an_endpoint_that_refuses_the_first_question_stops_the_work_at_once(
    asking: Asking,
) -> None:
    async def play(model: AccountedModel, store: CallStore) -> list[Any]:
        questions = [question(f"Question {number}") for number in range(8)]
        return await asyncio.gather(*map(model.complete, questions), return_exceptions=True)

    errors, _ = against("- fault: {status: 400}", play, asking)
    assert {type(error) for error in errors} == {AgentScalerError}
    assert "refuses the first question" in str(errors[0])


def test_a_later_question_that_is_refused_stops_nothing(asking: Asking) -> None:
    async def play(model: AccountedModel, store: CallStore) -> Completion:
        await model.complete(question())
        with pytest.raises(RequestRefusedError):
            await model.complete(question("bad"))
        return await model.complete(question("Another"))

    script = f"- {{when: {{says: bad}}, fault: {{status: 400}}}}\n{OPEN}"
    assert against(script, play, asking)[0].text == "Until ten."


def test_an_endpoint_that_answers_nobody_stops_the_work(asking: Asking) -> None:
    async def play(model: AccountedModel, store: CallStore) -> None:
        await model.complete(question())
        with pytest.raises(AgentScalerError, match=r"does not answer.*same command again"):
            await model.complete(question("Another"))

    script = "- {say: 'Yes.', times: 1}\n- fault: {status: 503}"
    against(script, play, asking)


def test_a_question_that_alone_is_not_answered_is_the_machinerys_failure(asking: Asking) -> None:
    async def play(model: AccountedModel, store: CallStore) -> None:
        await model.complete(question())
        bad = asyncio.create_task(model.complete(question("bad")))
        number = 0
        while not bad.done():
            await model.complete(question(f"Question {number}"))
            number += 1
        with pytest.raises(EndpointError):
            await bad

    against(f"- {{when: {{says: bad}}, fault: {{status: 500}}}}\n{OPEN}", play, asking)


@pytest.mark.parametrize("fault", ["{status: 500}", "{cut: 20}", "{drop: true}"])
def test_a_question_that_is_the_last_one_left_stops_no_work_where_the_endpoint_lives(
    asking: Asking, fault: str
) -> None:
    async def play(model: AccountedModel, store: CallStore) -> int:
        await model.complete(question())
        with pytest.raises(EndpointError):
            await model.complete(question("bad"))
        return sum(line.calls for line in store.costs())

    calls, server = against(f"- {{when: {{says: bad}}, fault: {fault}}}\n{OPEN}", play, asking)
    assert calls == 2  # the sign of life is on the bill
    assert server.bodies[-1]["max_tokens"] == 16


def test_an_endpoint_that_refuses_to_give_a_sign_of_life_lives(asking: Asking) -> None:
    async def play(model: AccountedModel, store: CallStore) -> None:
        await model.complete(question())
        with pytest.raises(EndpointError):
            await model.complete(question("bad"))

    script = "- {when: {says: bad}, fault: {status: 500}}\n- {say: 'Yes.', times: 1}"
    against(script, play, asking)


def test_two_who_ask_the_same_at_the_same_time_get_the_same_answer() -> None:
    script = "- {say: 'One.', times: 1}\n- {say: 'Two.', delay: 0.01, times: 1}\n- say: 'Three.'"
    with CallStore() as store:
        model = accounted(scripted(script), store)

        async def play() -> list[Completion]:
            await model.complete(question("first of all"))
            return list(await asyncio.gather(*(model.complete(question()) for _ in range(2))))

        texts = {answer.text for answer in asyncio.run(play())}
    assert len(texts) == 1


def test_no_key_is_kept_in_the_store(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret-key")

    async def inside(model: HttpModel, server: ScriptedServer) -> None:
        with CallStore(tmp_path / "calls.sqlite") as store:
            await accounted(model, store).complete(question())
        assert server.headers[0]["authorization"] == "Bearer s3cret-key"

    asking(OPEN, inside)
    assert b"s3cret" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
