import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from agentscaler.errors import EndpointError, RequestRefusedError
from agentscaler.evaluation.acebench.playing import Played, Player
from agentscaler.evaluation.acebench.prompts import read_prompts
from agentscaler.evaluation.acebench.simulation import Simulation
from agentscaler.llm import Completion, Request, Sampling, Usage
from tests.unit.evaluation.acebench.small import GOLD, STONES, item, write_checkout

TURN, STEP = "agent_multi_turn_0", "agent_multi_step_0"
END = "finish conversation"


class Speaker:
    """Says one text after the other, or raises what stands among them; keeps the requests."""

    name = "speaker"

    def __init__(self, *texts: str | Exception) -> None:
        self._texts = list(texts)
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        text = self._texts.pop(0) if len(self._texts) > 1 else self._texts[0]
        if isinstance(text, Exception):
            raise text
        return Completion(text=text, usage=Usage(prompt_tokens=10, completion_tokens=2))


Play = Callable[..., Played]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    home = write_checkout(tmp_path)

    def run(name: str, agent: Speaker, user: Speaker | None = None, **more: Any) -> Played:
        async def go() -> Played:
            simulation = Simulation(home, "en")
            try:
                player = Player(read_prompts(home, "en"), simulation, agent, user, **more)
                return await player.play(item(name), 0)
            finally:
                await simulation.aclose()

        return asyncio.run(go())

    return run


def contents(request: Request) -> list[tuple[str, str]]:
    return [(one.role, one.content) for one in request.messages]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("normal_single_turn_single_function_0", "Call. It is noon. Functions: [{'name': "),
        ("normal_preference_0", "Call for likes quiet. Functions: [{'name': "),
        ("special_irrelevant_0", "Call or tell. It is noon. Functions: [{'name': "),
    ],
)
def test_a_question_is_put_with_its_functions(play: Play, name: str, begins: str) -> None:
    agent = Speaker(GOLD[name])
    played = play(name, agent, sampling=(Sampling(max_tokens=7), Sampling(), Sampling()))
    (system, user) = contents(agent.requests[0])
    assert system[0] == "system"
    assert system[1].startswith(begins)
    assert user == ("user", f"So far:\nuser: do {name}\n")
    assert agent.requests[0].sampling.max_tokens == 7
    assert (played.result, played.turns, played.prompt_tokens) == (GOLD[name], 1, 10)


def test_thoughts_before_an_answer_are_not_part_of_it(play: Play) -> None:
    played = play("special_irrelevant_0", Speaker("<think>[f()] hm</think>\n [g()] "))
    assert played.result == "[g()]"


def test_a_job_is_done_step_by_step_until_the_agent_ends_it(play: Play) -> None:
    agent = Speaker(*STONES, "What now?", END)
    played = play(STEP, agent)
    assert played.process == [*STONES, "What now?"]
    assert played.result[0] == {"BaseApi": {"wifi": True}}
    assert (played.stop, played.turns, played.calls) == ("ended", 4, 2)
    assert contents(agent.requests[2])[1][1].endswith(
        f"So far:\nuser:user: do {STEP}\n\nexecution result:['on']\n"
        "execution result:[{'room': 'hall', 'on': 'yes'}]\n"
    )


def test_a_dialogue_goes_between_user_agent_and_simulation(play: Play) -> None:
    agent = Speaker("Which one?", *STONES, "Done.")
    user = Speaker("The light, please.", "user: The hall.", END)
    played = play(TURN, agent, user)
    assert [(one["sender"], one["recipient"]) for one in played.dialogue] == [
        ("user", "agent"),
        ("agent", "user"),
        ("user", "agent"),
        ("agent", "execution"),
        ("execution", "agent"),
        ("agent", "execution"),
        ("execution", "agent"),
        ("agent", "user"),
        ("user", "agent"),
    ]
    assert contents(agent.requests[0])[0] == (
        "system",
        "Agent of a multi_turn. Rules of the phone.",
    )
    assert contents(agent.requests[2])[1][1].endswith(
        "user:The light, please.\nagent:Which one?\nuser:user: The hall.\n"
        "agent:[turn_on_wifi()]\nexecution:['on']\n"
    )
    assert contents(user.requests[1]) == [
        ("system", f"You have a phone: user: do {TURN}\n"),
        ("user", "What is it?"),
        ("system", "The light, please."),
        ("user", "Which one?"),
    ]


def test_the_user_may_be_shown_its_words_as_an_assistant(play: Play) -> None:
    user = Speaker("The light, please.", END)
    play(TURN, Speaker("Which one?"), user, user_turns="assistant")
    assert [one.role for one in user.requests[1].messages] == [
        "system",
        "user",
        "assistant",
        "user",
    ]


@pytest.mark.parametrize(
    ("text", "executed"),
    [
        ("[turn_on_wifi()]", True),
        (" [turn_on_wifi()]", True),
        ("turn_on_wifi()", False),
        ("[turn_on_wifi(), 'x']", False),
        ("I call [turn_on_wifi()]", False),
        ("[turn_on_wifi(x=y + 1)]", False),
        ("[turn_on_wifi(", False),
        ("[turn_on_wifi()] ", False),
        ("[hello]", True),
        ("[{turn_on_wifi()}]", True),
    ],
)
def test_words_are_told_from_calls_as_the_official_inference_does(
    play: Play, text: str, executed: bool
) -> None:
    played = play(TURN, Speaker(text, "Bye."), Speaker("Hello.", "Yes.", END))
    assert played.dialogue[1]["recipient"] == ("execution" if executed else "user")


def test_an_agent_that_never_ends_is_stopped(play: Play) -> None:
    played = play(STEP, Speaker(STONES[0]), max_turns=6)
    assert (played.stop, played.turns, len(played.process or ())) == ("turns", 3, 3)
    assert played.result[0] == {"BaseApi": {"wifi": True}}


def test_nobody_ends_a_conversation_in_its_first_turns(play: Play) -> None:
    played = play(STEP, Speaker(END, STONES[0], END))
    assert played.process == [END, STONES[0]]


@pytest.mark.parametrize(
    ("agent", "user", "stop"),
    [
        (Speaker(RequestRefusedError("too long")), Speaker("Hello."), "agent_refused"),
        (Speaker("Hm?"), Speaker("Hello.", RequestRefusedError("no")), "user_refused"),
        (Speaker("[nothing()]"), Speaker("Hello."), "simulation"),
    ],
)
def test_what_cannot_go_on_says_why(play: Play, agent: Speaker, user: Speaker, stop: str) -> None:
    played = play(TURN, agent, user)
    assert played.stop == stop
    assert played.detail


def test_an_endpoint_that_is_silent_is_nobodys_failure(play: Play) -> None:
    failing: Sequence[tuple[str, Speaker, Speaker | None]] = (
        ("special_irrelevant_0", Speaker(EndpointError("silent")), None),
        (TURN, Speaker("Hm?"), Speaker("Hello.", EndpointError("silent"))),
    )
    for name, agent, user in failing:
        with pytest.raises(EndpointError):
            play(name, agent, user)
