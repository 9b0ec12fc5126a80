"""tau2's databases, parsed once a process, and its hashes of them, made of what was changed.

`track` replaces three functions of the package: the one that loads a database from a file, and the
two that hash one.  Environments are then built, played and compared by the package as ever.
"""

import copy
import json
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .tracked_tables import SharedTable, TrackedTable, digest_of, only_reading

__all__ = ["ParsedDatabase", "Tracking"]

_FEWEST_RECORDS = 16
"""Smaller tables are copied whole."""


class ParsedDatabase:
    """A database as it was parsed, of which environments get copies.

    Args:
        database: a pydantic model, whose large tables are fields that hold records by name.
        path: of the file that it was loaded from.
    """

    def __init__(self, database: Any, path: str) -> None:
        self.path = path
        self._database = database
        self._tables = {
            field: SharedTable(value, self._texts(field), self._whole(field))
            for field, value in database.__dict__.items()
            if type(value) is dict
            and len(value) >= _FEWEST_RECORDS
            and all(type(key) is str for key in value)
        }
        rest = {k: v for k, v in database.__dict__.items() if k not in self._tables}
        self._rest = pickle.dumps(rest, pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def can_hold(database: Any) -> bool:
        """Whether a database's parts are written alone as they are within the whole."""
        kind = type(database)
        own = getattr(kind, "__pydantic_decorators__", None)
        if own is None or own.model_serializers or own.computed_fields or own.field_serializers:
            return False
        own_dump = any("model_dump" in vars(base) for base in kind.__mro__ if _is_of_package(base))
        return not own_dump and not getattr(database, "__pydantic_private__", None)

    def fresh(self) -> Any:
        """A database for one environment, equal to the parsed one."""
        made = copy.copy(self._database)
        rest = pickle.loads(self._rest)  # noqa: S301 (made by us)
        for field in made.__dict__:
            table = self._tables.get(field)
            made.__dict__[field] = rest[field] if table is None else TrackedTable(table)
        return made

    def fingerprint(self, database: Any) -> str:
        """Equal for databases that the package's own hash finds equal, and for them only."""
        held = database.__dict__
        kept = {field for field in self._tables if isinstance(held.get(field), dict)}
        rest = database.model_dump(exclude=kept)
        tables = {field: self._tables[field].difference(held[field]) for field in sorted(kept)}
        return digest_of(json.dumps(rest, sort_keys=True, default=str), tables)

    def unchanged(self) -> bool:
        """Whether nobody changed the parsed records themselves."""
        return all(table.unchanged() for table in self._tables.values())

    def _with(self, field: str, records: Mapping[str, Any]) -> Any:
        part = copy.copy(self._database)
        part.__dict__[field] = dict(records)
        return part

    def _texts(self, field: str) -> Any:
        def texts(records: Mapping[str, Any]) -> dict[str, str]:
            dumped = self._with(field, records).model_dump(include={field})[field]
            return {
                key: json.dumps(value, sort_keys=True, default=str) for key, value in dumped.items()
            }

        return texts

    def _whole(self, field: str) -> Any:
        return lambda records: self._with(field, records).model_dump_json(include={field})


def _is_of_package(base: type) -> bool:
    return base.__module__.split(".")[0] not in {"pydantic", "builtins", "typing"}


class Tracking:
    """Replaces what the package loads and hashes databases with.

    Args:
        database: the package's base class of databases.
        toolkit: its base class of toolkits.
    """

    def __init__(self, database: Any, toolkit: Any) -> None:
        self.on = True
        self._parsed: dict[type, ParsedDatabase | None] = {}
        self._load = database.load.__func__
        self._hash = database.get_hash
        self._toolkit_hash = toolkit.get_db_hash
        self._use_tool = toolkit.use_tool
        database.load = classmethod(self._loaded)
        database.get_hash = lambda this: self._hashed(this, lambda: self._hash(this))
        toolkit.get_db_hash = lambda this: self._hashed(this.db, lambda: self._toolkit_hash(this))
        toolkit.use_tool = lambda this, tool_name, **given: self._used(this, tool_name, given)

    @contextmanager
    def off(self) -> Iterator[None]:
        """Inside, everything is loaded and hashed by the package itself."""
        before, self.on = self.on, False
        try:
            yield
        finally:
            self.on = before

    def unchanged(self) -> bool:
        """Whether nobody changed parsed records; they are parsed anew if somebody did."""
        if all(parsed is None or parsed.unchanged() for parsed in self._parsed.values()):
            return True
        self._parsed = {}
        return False

    def _loaded(self, kind: type, path: Any) -> Any:
        if not self.on:
            return self._load(kind, path)
        if kind not in self._parsed:
            database = self._load(kind, path)
            can = ParsedDatabase.can_hold(database)
            self._parsed[kind] = ParsedDatabase(database, str(path)) if can else None
            if not can:
                return database
        parsed = self._parsed[kind]
        if parsed is None or parsed.path != str(path):
            return self._load(kind, path)
        return parsed.fresh()

    def _hashed(self, database: Any, otherwise: Any) -> Any:
        parsed = self._parsed.get(type(database)) if self.on else None
        return otherwise() if parsed is None else parsed.fingerprint(database)

    def _used(self, toolkit: Any, name: str, given: dict[str, Any]) -> Any:
        reads = self.on and name in toolkit.tools and _reads(toolkit, name)
        with only_reading(reads):
            return self._use_tool(toolkit, tool_name=name, **given)


def _reads(toolkit: Any, name: str) -> bool:
    """Whether a tool declares that it only reads."""
    kind = getattr(toolkit.tool_type(name), "value", None)
    return kind == "read" and not getattr(toolkit.tools[name], "__mutates_state__", False)
