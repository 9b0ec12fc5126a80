"""SQL statements taken apart where their own clauses are, whatever stands in brackets or quotes."""

import re

__all__ = ["conjuncts", "split_clauses", "table_of"]

_TABLE = re.compile(r"\b(?:FROM|UPDATE|INTO)\s+(\"?\w+\"?)")
_TAIL = re.compile(r"(?:ORDER BY|GROUP BY|LIMIT)\b")
_WHERE = " WHERE "


def split_clauses(sql: str) -> tuple[str, str, str]:
    """A statement as the text before WHERE, the condition, and what follows it (ORDER BY, ...)."""
    cuts = _spaces(sql)
    start = next((at for at in cuts if sql.startswith(_WHERE, at)), None)
    begin = 0 if start is None else start
    end = next((at for at in cuts if at >= begin and _TAIL.match(sql, at + 1)), None)
    body = sql if end is None else sql[:end]
    tail = "" if end is None else sql[end + 1 :]
    if start is None:
        return body, "", tail
    return body[:start], body[start + len(_WHERE) :], tail


def conjuncts(condition: str) -> list[str]:
    """The parts of a condition that AND ties together."""
    parts, last = [], 0
    for at in _spaces(condition):
        if at >= last and condition.startswith(" AND ", at):
            parts.append(condition[last:at])
            last = at + len(" AND ")
    return [*parts, condition[last:]] if condition else []


def table_of(sql: str) -> str:
    """The first table that a statement names, as it is written there; "" where there is none."""
    found = _TABLE.search(sql)
    return found[1] if found else ""


def _spaces(text: str) -> list[int]:
    """Where spaces stand outside brackets and quotes."""
    found, depth, quote = [], 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == " " and depth == 0:
            found.append(at)
    return found
