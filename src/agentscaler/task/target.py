"""`Target`: the state where gold ends, to hold others against.

Two states are the same if their hashes are.  Most wrong ones give themselves away sooner: a row
that gold changed is not as gold leaves it, and one query for one row shows that.  Its change is
then not among the changes there, so the hash, which is made of all changes, cannot be the same.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from agentscaler.domain.schema import quote
from agentscaler.task.histories import Call, Histories, History
from agentscaler.world.world import World

__all__ = ["Target"]


class Target:
    """Where gold ends.

    Args:
        histories: where gold is played and others are.

    Attributes:
        played: gold.
    """

    def __init__(self, histories: Histories, gold: Sequence[Call]) -> None:
        self.histories = histories
        self.played = histories.play(gold)
        end = histories.after(histories.start, gold)
        self._rows = list(_rows(histories, end)) if end is not None else []
        self._reached: dict[History, bool] = {}

    def is_reached(self, history: History | None) -> bool:
        """Whether a history leads there, whatever the ids are called that were minted; None, where
        a tool broke its contract, leads nowhere."""
        if history is None:
            return False
        if history not in self._reached:
            self._reached[history] = self._is_same(history)
        return self._reached[history]

    def _is_same(self, history: History) -> bool:
        if history.end is None:  # its hash is not known yet
            world = self.histories.at(history)
            if not all(row.is_in(world) for row in self._rows):
                return False
        return self.histories.state_hash(history) == self.played.state_hash


class _Row:
    """A row that gold changed, as gold leaves it.

    Args:
        after: the values that gold gave it; None where gold deleted it.
    """

    def __init__(self, table: str, key: dict[str, Any], after: dict[str, Any] | None) -> None:
        columns = ", ".join(map(quote, after or key))
        where = " AND ".join(f"{quote(column)} = ?" for column in key)
        self._sql = f"SELECT {columns} FROM {quote(table)} WHERE {where}"
        self._key = tuple(key.values())
        self._expected = [] if after is None else [after]

    def is_in(self, world: World) -> bool:
        return world.query(self._sql, *self._key) == self._expected


def _rows(histories: Histories, end: History) -> Iterator[_Row]:
    """The rows that gold changed, without those in which a minted id stands: in another state it
    may have another name."""
    tables = histories.domain.manifest.table
    minted = histories.at(end).minted
    for change in histories.changes(end):
        text = orjson.dumps(change).decode()
        table = tables.get(change["table"])
        if table is not None and not any(made in text for made in minted):
            yield _Row(
                table.name, dict(zip(table.key, change["key"], strict=True)), change["after"]
            )
