"""The seam between a stage and the machinery that runs its work."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

__all__ = ["Engine"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs one function over many items."""

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        window: int | None = None,
    ) -> Iterator[Result]:
        """The results of `function`, in the order of `items`.

        Args:
            function: importable by name, or a `functools.partial` of such a function, because it
                may run in another process.
            items: taken lazily, so that a long stream never lies in memory whole.
            window: how many items may be in flight; None lets the engine choose.

        Raises:
            Exception: whatever `function` raised, when its item's turn comes.
        """
        ...
