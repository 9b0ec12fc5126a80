"""`AccountedModel`: a model with a memory and a bill.

What was answered before is not asked again; what is asked is charged to a stage and a role; and
when a run has cost what it may cost, the next question is refused.
"""

import time
from dataclasses import dataclass

from agentscaler.errors import BudgetSpentError
from agentscaler.llm.call_store import NANO, CallStore, cost_of, key_of
from agentscaler.llm.chat_model import ChatModel, Completion, Request
from agentscaler.llm.settings import EndpointSettings, ModelSettings, Role

__all__ = ["AccountedModel", "Budget"]


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
            sum(line.prompt_tokens + line.completion_tokens for line in lines),
        )

    def check(self) -> None:
        """Raises BudgetSpentError when nothing is left."""
        if self.usd is not None and self.spent_nano_usd >= self.usd * NANO:
            raise BudgetSpentError(
                f"The run has cost {self.spent_nano_usd / NANO:.2f} US dollars of the "
                f"{self.usd:.2f} that it may.",
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
    """Satisfies `ChatModel`; asks `model` only for what `store` does not hold."""

    def __init__(
        self,
        model: ChatModel,
        endpoint: EndpointSettings,
        store: CallStore,
        budget: Budget,
        stage: str,
        role: Role,
    ) -> None:
        self._model = model
        self._endpoint = endpoint
        self._store = store
        self._budget = budget
        self._stage = stage
        self._role = role

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`.

        Raises:
            BudgetSpentError: the answer is not in the store, and there is no money left for it.
        """
        key = key_of(self._endpoint, request)
        known = self._store.find(key)
        if known is not None:
            self._store.charge(self._stage, self._role, known, 0, 0.0)
            return known
        self._budget.check()
        started = time.monotonic()
        completion = await self._model.complete(request)
        seconds = time.monotonic() - started
        nano_usd = cost_of(self._endpoint, completion)
        usage = completion.usage
        self._budget.spend(nano_usd, usage.prompt_tokens + usage.completion_tokens)
        self._store.charge(self._stage, self._role, completion, nano_usd, seconds)
        return self._store.keep(key, completion)
