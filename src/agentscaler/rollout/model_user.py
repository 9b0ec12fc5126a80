"""The person that a language model plays.

It is told the task's wishes and facts and nothing of its solution.  Of the conversation it sees the
words, neither calls nor results.  Each of its messages is checked (`user_checks`); one that cannot
stand may be written once more, and then the episode fails by the user.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.llm import ChatModel, Request
from agentscaler.llm.chat_model import Finish
from agentscaler.llm.prompt import Prompt
from agentscaler.rollout.model_agent import sample_of, without_thoughts
from agentscaler.rollout.phrases import seeded
from agentscaler.rollout.protocols import GaveUpError, UserTurn
from agentscaler.rollout.requests import withholdable_facts
from agentscaler.rollout.trajectory import FailureOwner
from agentscaler.rollout.user_checks import UserChecks
from agentscaler.task.request import wish_text
from agentscaler.task.task import Fact, Task

__all__ = ["USER_PROMPTS", "ModelUser", "ModelUserMaker"]

END = "###END###"
"""What a model writes behind its last words; taken off before anybody sees them."""

_USER = Prompt.read("agentscaler.rollout", "user.md")
_OPENING = Prompt.read("agentscaler.rollout", "user_opening.md")
_REPAIR = Prompt.read("agentscaler.rollout", "user_repair.md")
_PERSONAS = Prompt.read("agentscaler.rollout", "personas.md")
USER_PROMPTS = (_USER, _OPENING, _REPAIR, _PERSONAS)
"""All that a model which plays a user is told."""

_UNFINISHED: dict[Finish, str] = {
    "length": "it was cut off; write less",
    "content_filter": "it was held back by a filter",
    "tool_calls": "it calls a tool, and you have none",
}
_END = re.compile(r"#+\s*END\s*#+", re.IGNORECASE)
_SPEAKER = re.compile(r"\A(user|customer|me)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class ModelUserMaker:
    """Makes users that `model` plays, who keep a fact back with probability `withhold_rate`."""

    model: ChatModel
    withhold_rate: float = 0.0

    def __call__(self, domain: Domain, task: Task, seed: str) -> "ModelUser":
        return ModelUser(self.model, domain, task, seed, withhold_rate=self.withhold_rate)


class ModelUser:
    """One episode's user; see the module."""

    def __init__(
        self,
        model: ChatModel,
        domain: Domain,
        task: Task,
        seed: str,
        *,
        withhold_rate: float = 0.0,
    ) -> None:
        self.name = model.name
        self._model = model
        self._sample = sample_of(seed)
        self._checks = UserChecks(domain, task)
        rng = seeded(seed)
        persona = rng.choice(_PERSONAS.text.splitlines())
        persona = task.persona.words if task.persona is not None else persona
        required = {
            tool.name: set(tool.parameters.get("required", ())) for tool in domain.manifest.tools
        }
        can_wait = {
            name for goal in task.goals for name in withholdable_facts(task, goal, required)
        }
        self._kept_back = [
            fact for fact in task.facts if fact.name in can_wait and rng.random() < withhold_rate
        ]
        self._system = _told(domain, task, persona, self._kept_back)

    async def open(self) -> str:
        """The first wish, without what is kept back."""
        return (await self._say(())).text

    async def reply(self, messages: Sequence[Message]) -> UserTurn:
        """The answer to the agent's words."""
        return await self._say(messages)

    async def _say(self, messages: Sequence[Message]) -> UserTurn:
        """What the model says next.

        Raises:
            GaveUpError: its message cannot stand, and neither can the repaired one.
            EndpointError, RequestRefusedError, AgentScalerError: see `ChatModel.complete`.
        """
        heard = [self._system, Message(role="user", content=_OPENING.text), *_heard(messages)]
        completion = await self._model.complete(Request(messages=tuple(heard), sample=self._sample))
        turn, faults = self._read(completion.text, completion.finish, messages)
        if not faults:
            return turn
        quoted = "\n".join(f"- {fault}" for fault in faults)
        heard += [
            Message(role="assistant", content=completion.text or "(nothing)"),
            Message(role="user", content=_REPAIR.fill(faults=quoted)),
        ]
        completion = await self._model.complete(Request(messages=tuple(heard), sample=self._sample))
        turn, faults = self._read(completion.text, completion.finish, messages)
        if faults:
            raise GaveUpError(
                f"what the user said cannot stand: {'; '.join(faults)}", FailureOwner.USER
            )
        return turn

    def _read(
        self, text: str, finish: Finish, messages: Sequence[Message]
    ) -> tuple[UserTurn, list[str]]:
        """A message without its end mark, and what is wrong with it."""
        words, *rest = _END.split(without_thoughts(text), maxsplit=1)
        words = _SPEAKER.sub("", words.strip())
        turn = UserTurn(words, done=bool(rest))
        if why := _UNFINISHED.get(finish):
            return turn, [why]
        if not messages and turn.done:
            return turn, [f"it ends with {END} before anything was done"]
        if rest and rest[0].strip():
            return turn, [f"something stands behind {END}"]
        if turn.done and not words:
            return turn, []
        return turn, self._checks.faults(words, messages, () if messages else self._kept_back)


def _told(domain: Domain, task: Task, persona: str, kept_back: Sequence[Fact]) -> Message:
    """The system message of a user: wishes, facts, persona and rules."""
    tellable = {fact.name for fact in task.facts} - {fact.name for fact in kept_back}
    wishes = [wish_text(goal, tellable) for goal in task.goals]
    content = _USER.fill(
        service=domain.manifest.title,
        wishes="\n".join(f"{number}. {wish}" for number, wish in enumerate(wishes, 1)),
        facts="\n".join(f"- {fact.label}: {fact.said}" for fact in task.facts) or "- (nothing)",
        persona=persona,
        end=END,
    )
    return Message(role="system", content=content)


def _heard(messages: Sequence[Message]) -> list[Message]:
    """The words of a conversation as the user's model sees them: its own are the assistant's."""
    heard: list[Message] = []
    for message in messages:
        if message.role == "user":
            heard.append(Message(role="assistant", content=message.content))
        elif message.role == "assistant" and message.content:
            if heard and heard[-1].role == "user":
                both = f"{heard[-1].content}\n{message.content}"
                heard[-1] = Message(role="user", content=both)
            else:
                heard.append(Message(role="user", content=message.content))
    return heard
