"""The commands of the bridge that score what was saved."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["Scorer", "once"]


class Scorer(Protocol):
    """Scores saved simulations of a package."""

    def score(self, given: dict[str, Any]) -> list[dict[str, Any]]: ...

    def compare_tasks(self, given: dict[str, Any]) -> dict[str, dict[str, Any]]: ...


def once(kind: Callable[[], Scorer]) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """Commands of a scorer that is made when the first of them is given.

    A scorer replaces parts of its package, which a process that only plays does not need.
    """
    made: list[Scorer] = []
    making = threading.Lock()

    def scorer() -> Scorer:
        with making:
            if not made:
                made.append(kind())
        return made[0]

    return {
        "score": lambda given: scorer().score(given),
        "compare_tasks": lambda given: scorer().compare_tasks(given),
    }
