"""Playing an item with models: the questions, the dialogues of agents, and how they end.

It follows the official inference turn by turn.  Texts of the prompts and the simulated classes come
from the user's checkout; models are asked through `ChatModel`.
"""

import ast
import re
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Literal

from agentscaler.chat import Message
from agentscaler.errors import RequestRefusedError
from agentscaler.evaluation.acebench.calls import NotCallsError, read_calls
from agentscaler.evaluation.acebench.categories import Kind
from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.prompts import Prompts, filled
from agentscaler.evaluation.acebench.simulation import Simulation, SimulationFailedError
from agentscaler.llm import ChatModel, Completion, Request, Sampling

__all__ = ["Played", "Player", "Stop"]

END = "finish conversation"
_THOUGHT_ENDS = "</think>"

Stop = Literal["ended", "turns", "agent_refused", "user_refused", "simulation"]
"""Why an item came to its end: as it should; too many turns; the endpoint of the agent or of the
user will never answer such a request; the official classes broke down over what the agent wrote."""


class _UserRefusedError(Exception):
    """The user's endpoint will never answer."""


@dataclass
class Played:
    """What a model did with an item.

    Attributes:
        result: its text; of agents the final state.
        process: of agents, the texts that were executed; None of others.
        dialogue: of agents, every message as {sender, recipient, message}.
        turns: answers of the model that is evaluated.
        prompt_tokens, completion_tokens: of these answers.
    """

    result: Any = ""
    process: list[str] | None = None
    dialogue: list[dict[str, Any]] = field(default_factory=list)
    turns: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    stop: Stop = "ended"
    detail: str = ""

    @property
    def calls(self) -> int:
        """How many calls it made, as far as they can be read."""
        texts = [self.result] if self.process is None else self.process
        return sum(_calls_in(text) for text in texts if isinstance(text, str))


@dataclass(frozen=True)
class Player:
    """Plays items.

    Args:
        prompts: of the language.
        simulation: of the simulated classes.
        agent: the model that is evaluated.
        user: the simulated user's model; dialogues alone need one.
        sampling: of the agent's answers to questions, of its answers in dialogues, and of the
            user's.
        max_turns: messages of a dialogue at most, all roles together.
        user_turns: the role in which the user's model is shown what it said before; the official
            inference has "system", which some servers refuse.
    """

    prompts: Prompts
    simulation: Simulation
    agent: ChatModel
    user: ChatModel | None
    sampling: tuple[Sampling, Sampling, Sampling] = (Sampling(), Sampling(), Sampling())
    max_turns: int = 40
    user_turns: Literal["system", "assistant"] = "system"

    async def play(self, item: AceItem, trial: int) -> Played:
        """Plays an item to its end.

        Raises:
            EndpointError: a model gave no answer.
            SimulationLostError: the process of the simulated classes was lost.
            AgentScalerError: something that the user can mend.
        """
        played = Played()
        try:
            if item.kind is not Kind.AGENT:
                played.result = await self._ask(
                    played, self._question(item), trial, self.sampling[0]
                )
            elif item.category == "agent_multi_step":
                await _Steps(self, item, trial, played).run()
            else:
                await _Dialogue(self, item, trial, played).run()
        except RequestRefusedError as error:
            played.stop, played.detail = "agent_refused", str(error)
        except _UserRefusedError as error:
            played.stop, played.detail = "user_refused", str(error)
        except SimulationFailedError as error:
            played.stop, played.detail = "simulation", str(error)
        return played

    def _question(self, item: AceItem) -> tuple[Message, ...]:
        functions = str(list(item.functions))
        if item.kind is Kind.SPECIAL:
            system = filled(self.prompts.special, {"time": item.time, "function": functions})
        elif item.category == "normal_preference":
            values = {"profile": str(item.profile), "function": functions}
            system = filled(self.prompts.preference, values)
        else:
            system = filled(self.prompts.normal, {"time": item.time, "function": functions})
        user = filled(self.prompts.conversation, {"question": item.question})
        return Message(role="system", content=system), Message(role="user", content=user)

    async def _ask(
        self, played: Played, messages: tuple[Message, ...], trial: int, sampling: Sampling
    ) -> str:
        request = Request(messages=messages, sampling=sampling, sample=trial)
        completion = await self.agent.complete(request)
        played.turns += 1
        played.prompt_tokens += completion.usage.prompt_tokens
        played.completion_tokens += completion.usage.completion_tokens
        return _said(completion)


class _Scene(ABC):
    """What dialogues and jobs of agents have in common: the history, and executing calls."""

    reply_label = "execution:"
    shows_agent = True
    """Whether an agent is shown what it said itself."""

    def __init__(self, player: Player, item: AceItem, trial: int, played: Played) -> None:
        self.player = player
        self.item = item
        self.trial = trial
        self.played = played
        played.process = []
        played.result = []
        self._history = ""
        self._read = 0
        self._user: list[Message] = []
        self._system = ""

    def add(self, sender: str, recipient: str, message: Any) -> None:
        self.played.dialogue.append({"sender": sender, "recipient": recipient, "message": message})

    @property
    def last(self) -> dict[str, Any]:
        return self.played.dialogue[-1]

    def history(self) -> str:
        """The messages so far, one a line, as the official inference writes them."""
        for one in self.played.dialogue[self._read :]:
            if one["sender"] == "agent" and not self.shows_agent:
                continue
            label = {"execution": self.reply_label}.get(one["sender"], f"{one['sender']}:")
            self._history += f"{label}{one['message']}\n"
        self._read = len(self.played.dialogue)
        return self._history

    async def ask_agent(self, system: str, template: str) -> str:
        values = {"functions": str(list(self.item.functions)), "history": self.history()}
        messages = (
            Message(role="system", content=system),
            Message(role="user", content=filled(template, values)),
        )
        player = self.player
        return await player._ask(self.played, messages, self.trial, player.sampling[1])

    async def execute(self, text: str) -> None:
        """Has the simulated classes do what stands in a text."""
        process = self.played.process
        assert process is not None
        process.append(text)
        executed = await self.player.simulation.execute(self.item, process)
        self.played.result = executed.state
        self.add("execution", "agent", executed.reply)

    @property
    def over(self) -> bool:
        """Whether somebody has ended the conversation; in its first turns nobody can."""
        return len(self.played.dialogue) > 3 and END in self.last["message"]

    async def run(self) -> None:
        for _ in range(self.player.max_turns):
            await self.turn()
            if self.over:
                return
        self.played.stop = "turns"

    @abstractmethod
    async def turn(self) -> None:
        """What is said and done from one message to the next."""


class _Steps(_Scene):
    """A job that the agent does alone: whatever it says is executed.

    The official inference shows the agent the replies, but not the calls that it made.
    """

    reply_label = "execution result:"
    shows_agent = False

    async def run(self) -> None:
        self.add("user", "agent", self.item.question)
        await super().run()

    async def turn(self) -> None:
        if self.last["sender"] == "agent":
            await self.execute(self.last["message"])
            return
        prompts = self.player.prompts
        system = filled(prompts.step_system, {"time": ""})
        text = await self.ask_agent(system, prompts.step_history)
        recipient = "execution" if re.match(r"\[.*?\]", text) else "user"
        self.add("agent", recipient, text)


class _Dialogue(_Scene):
    """A dialogue of agent and simulated user."""

    async def run(self) -> None:
        prompts = self.player.prompts
        phone = "BaseApi" in self.item.classes
        told = filled(
            prompts.user_phone if phone else prompts.user_travel,
            {"instruction": self.item.question},
        )
        self._user = [
            Message(role="system", content=told),
            Message(role="user", content=prompts.opening),
        ]
        self._system = prompts.turn_system
        if "Travel" in self.item.classes:
            self._system += prompts.travel_rules
        if phone:
            self._system += prompts.phone_rules
        self.add("user", "agent", await self._ask_user())
        await super().run()

    async def turn(self) -> None:
        match self.last["recipient"]:
            case "user":
                self._user.append(Message(role="user", content=_unlabelled(self.last["message"])))
                self.add("user", "agent", await self._ask_user())
            case "agent":
                text = await self.ask_agent(self._system, self.player.prompts.turn_history)
                self.add("agent", "execution" if _is_executable(text) else "user", text)
            case _:
                await self.execute(self.last["message"])

    async def _ask_user(self) -> str:
        assert self.player.user is not None
        request = Request(
            messages=tuple(self._user), sampling=self.player.sampling[2], sample=self.trial
        )
        try:
            text = _said(await self.player.user.complete(request))
        except RequestRefusedError as error:
            raise _UserRefusedError(str(error)) from error
        self._user.append(Message(role=self.player.user_turns, content=text))
        return text


def _said(completion: Completion) -> str:
    """The words of an answer, without the thoughts before them."""
    _, ends, words = completion.text.partition(_THOUGHT_ENDS)
    return words.strip() if ends else completion.text


def _unlabelled(text: str) -> str:
    for label in ("user:", "agent:"):
        if text.startswith(label):
            return text[len(label) :]
    return text


def _is_executable(text: str) -> bool:
    """Whether the official inference takes an agent's words for calls.

    They must hold something in square brackets on one line, and parse as calls once the outermost
    brackets and quotes are taken off.
    """
    if not re.search(r"\[.*\]", text):
        return False
    bare = text[1:] if text.startswith(" ") else text
    bare = bare if bare.startswith("[") else f"[{bare}"
    bare = bare if bare.endswith("]") else f"{bare}]"
    bare = bare.strip("[]'")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(bare, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    calls = [body] if isinstance(body, ast.Call) else getattr(body, "elts", [])
    if isinstance(body, ast.Set):
        return True  # nothing of it is executed
    if not all(isinstance(one, ast.Call) for one in calls):
        return False
    return all(_is_readable(one) for one in calls)


def _is_readable(call: ast.Call) -> bool:
    """Whether the values of a call are of the kinds that the official inference reads."""
    try:
        read_calls(f"[{ast.unparse(call)}]")
    except (NotCallsError, RecursionError):
        return False
    return True


def _calls_in(text: str) -> int:
    try:
        return len(read_calls(text))
    except NotCallsError:
        return 0
