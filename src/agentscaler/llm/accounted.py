"""`AccountedModel`: a model with a memory and a bill.

What was answered before is not asked again; what is asked is charged to a stage and a role; and
when a run has cost what it may cost, the next question is refused.
"""

import asyncio
import time
from dataclasses import dataclass

from agentscaler.chat import Message
from agentscaler.errors import (
    AgentScalerError,
    BudgetSpentError,
    EndpointError,
    RequestRefusedError,
)
from agentscaler.llm.call_store import NANO, Account, CallStore, cost_of, key_of
from agentscaler.llm.chat_model import ChatModel, Completion, Request, Sampling
from agentscaler.llm.settings import EndpointSettings, ModelSettings, Role

__all__ = ["AccountedModel", "Budget"]

_SIGN_OF_LIFE = Request(
    messages=(Message(role="user", content="Are you there? Answer yes."),),
    sampling=Sampling(max_tokens=16),
)
_SECONDS_FOR_A_SIGN = 60.0


@dataclass
class Budget:
    """What a run may spend, and what it has spent; None does not limit it."""

    usd: float | None = None
    tokens: int | None = None
    spent_nano_usd: int = 0
    spent_tokens: int = 0

    @classmethod
    def of(cls, settings: ModelSettings, store: CallStore) -> "Budget":
        """A run's budget, with what its bill says already."""
        lines = store.costs()
        return cls(
            settings.budget_usd,
            settings.budget_tokens,
            sum(line.nano_usd for line in lines),
            sum(line.tokens for line in lines),
        )

    def check(self) -> None:
        """Raises BudgetSpentError when nothing is left."""
        if self.usd is not None and self.spent_nano_usd >= self.usd * NANO:
            raise BudgetSpentError(
                f"The run has cost {self.spent_nano_usd / NANO:.4f} US dollars of the "
                f"{self.usd:.4f} that it may.",
                "Give the same command a larger --budget-usd and it goes on where it is.",
            )
        if self.tokens is not None and self.spent_tokens >= self.tokens:
            raise BudgetSpentError(
                f"The run has used {self.spent_tokens:,} tokens of the {self.tokens:,} it may.",
                "Give the same command a larger --budget-tokens and it goes on where it is.",
            )

    def spend(self, nano_usd: int, tokens: int) -> None:
        self.spent_nano_usd += nano_usd
        self.spent_tokens += tokens


class AccountedModel:
    """Satisfies `ChatModel`; asks `model` only for what `store` does not hold.

    The first question ever goes alone, so that an endpoint that is set up wrongly is found out by
    one request and stops the work, instead of failing a whole crowd of episodes.  So does an
    endpoint that gave nobody an answer for as long as a question was being asked, and gives none
    to the smallest of questions either.

    Args:
        proven: the model is known to answer, and the first question need not go alone.
    """

    def __init__(
        self,
        model: ChatModel,
        endpoint: EndpointSettings,
        store: CallStore,
        budget: Budget,
        stage: str,
        role: Role,
        *,
        proven: bool = False,
    ) -> None:
        self._model = model
        self._endpoint = endpoint
        self._store = store
        self._budget = budget
        self._account = Account(stage, role, model.name)
        self._first = asyncio.Lock()
        self._asking_for_a_sign = asyncio.Lock()
        known = (line.calls for line in store.costs() if line.account == self._account)
        self._is_proven = proven or any(known)
        self._answers = 0

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`.

        Raises:
            BudgetSpentError: the answer is not in the store, and there is no money left for it.
        """
        key = key_of(self._endpoint, request)
        known = self._store.reuse(key, self._account)
        if known is not None:
            return known
        if self._is_proven:
            return await self._ask(key, request)
        async with self._first:
            if not self._is_proven:
                completion = await self._ask_first(key, request)
                self._is_proven = True
                return completion
        return await self._ask(key, request)

    async def _ask_first(self, key: bytes, request: Request) -> Completion:
        try:
            return await self._ask(key, request)
        except RequestRefusedError as error:
            raise AgentScalerError(
                f"The model {self.name} refuses the first question of all: {error}",
                "Set up its server or llm.default (llm.agent, llm.user) so that it takes the "
                "question; --set llm.default.tools=text asks without native tool calls.",
            ) from error

    async def _ask(self, key: bytes, request: Request) -> Completion:
        self._budget.check()
        answers_before = self._answers
        try:
            return await self._paid_for(key, request)
        except EndpointError as error:
            if await self._lives(answers_before):
                raise  # it fails at this question alone
            raise AgentScalerError(
                f"The model {self.name} does not answer: {error}",
                "See that its endpoint runs, and give the same command again; it goes on where it "
                "is, and what was answered is kept.",
            ) from error

    async def _lives(self, answers_before: int) -> bool:
        """Whether the endpoint has answered since, or answers now.

        Without asking, a question that is never answered could not be told from a dead endpoint
        once it is the last one left, and the work would never come to its end.
        """
        async with self._asking_for_a_sign:
            if self._answers > answers_before:
                return True
            try:
                async with asyncio.timeout(_SECONDS_FOR_A_SIGN):
                    await self._paid_for(key_of(self._endpoint, _SIGN_OF_LIFE), _SIGN_OF_LIFE)
            except RequestRefusedError:
                return True
            except (EndpointError, TimeoutError):
                return False
            return True

    async def _paid_for(self, key: bytes, request: Request) -> Completion:
        started = time.monotonic()
        completion = await self._model.complete(request)
        self._answers += 1
        nano_usd = cost_of(self._endpoint, completion)
        usage = completion.usage
        self._budget.spend(nano_usd, usage.prompt_tokens + usage.completion_tokens)
        seconds = time.monotonic() - started
        return self._store.keep(key, completion, self._account, nano_usd, seconds)
