"""What the makers of one walk's wishes share."""

from dataclasses import dataclass
from random import Random

from agentscaler.domain.domain import Domain
from agentscaler.domain.values import ValueMaker
from agentscaler.task.choose import Chooser
from agentscaler.task.identify import Identifier
from agentscaler.task.notebook import Notebook

__all__ = ["Walking", "WishMaker"]


@dataclass(frozen=True)
class Walking:
    """One walk as it goes: where it is, and those who choose rows and values for it."""

    domain: Domain
    notebook: Notebook
    random: Random
    values: ValueMaker
    identify: Identifier
    choose: Chooser

    @classmethod
    def begin(
        cls, domain: Domain, notebook: Notebook, rng: Random, values: ValueMaker
    ) -> "Walking":
        identify = Identifier(domain, notebook, rng)
        choose = Chooser(domain, notebook, identify, rng, values)
        return cls(domain, notebook, rng, values, identify, choose)


class WishMaker:
    """Makes wishes of one kind, or a part of them, for one walk."""

    def __init__(self, walking: Walking) -> None:
        self.manifest = walking.domain.manifest
        self.notebook = walking.notebook
        self.random = walking.random
        self.values = walking.values
        self.identify = walking.identify
        self.choose = walking.choose
