"""`CallStore`: the answers of models and what they cost, in one SQLite file of a run.

Answers are kept under a digest of everything that changes them, so that a run that goes on, or is
done again, asks nothing twice.  An answer and its price are written together or not at all.  Costs
are whole billionths of a dollar, so that sums are exact.
"""

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import orjson
from pydantic import ValidationError

from agentscaler.errors import RunFolderError
from agentscaler.llm.chat_model import Completion, Request
from agentscaler.llm.settings import EndpointSettings
from agentscaler.llm.wire import request_body

__all__ = ["NANO", "Account", "CallStore", "CostLine", "cost_of", "key_of"]

NANO = 1_000_000_000
_MILLION = 1_000_000
_PAGES_IN_LOG = 16_000
"""Of 4 KiB, before they are moved to the file itself, which waits for the disk."""
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, completion BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS costs (
    stage TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL,
    calls INTEGER NOT NULL, reused INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL, nano_usd INTEGER NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (stage, role, model)
) WITHOUT ROWID;
"""
_CHARGE = """
INSERT INTO costs VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
    calls = calls + excluded.calls, reused = reused + excluded.reused,
    prompt_tokens = prompt_tokens + excluded.prompt_tokens,
    cached_tokens = cached_tokens + excluded.cached_tokens,
    completion_tokens = completion_tokens + excluded.completion_tokens,
    nano_usd = nano_usd + excluded.nano_usd, seconds = seconds + excluded.seconds
"""


class Account(NamedTuple):
    """What a call is charged to; `model` by the name that the settings give it."""

    stage: str
    role: str
    model: str


class CostLine(NamedTuple):
    """What one model cost in one role of one stage.

    `calls` were answered by the endpoint and cost what the rest says; `reused` came from the store
    and cost nothing.
    """

    stage: str
    role: str
    model: str
    calls: int
    reused: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    nano_usd: int
    seconds: float

    @property
    def account(self) -> Account:
        return Account(self.stage, self.role, self.model)

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class CallStore:
    """Answers and costs; may be used from several threads.

    Args:
        path: of the file; None keeps everything in memory.

    Raises:
        RunFolderError: the file is damaged, of something else, or cannot be written; so may every
            method.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._guarded():
            self._database = sqlite3.connect(
                path or ":memory:", check_same_thread=False, isolation_level=None, timeout=30
            )
            try:
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=NORMAL")
                self._database.execute(f"PRAGMA wal_autocheckpoint={_PAGES_IN_LOG}")
                self._database.executescript(_TABLES)
            except sqlite3.Error:
                self._database.close()
                raise

    def find(self, key: bytes) -> Completion | None:
        """The answer kept under a key."""
        with self._guarded():
            return self._find(key)

    def reuse(self, key: bytes, account: Account) -> Completion | None:
        """The answer kept under a key, put on the bill as one that cost nothing."""
        with self._guarded():
            found = self._find(key)
            if found is not None:
                self._database.execute(_CHARGE, (*account, 0, 1, 0, 0, 0, 0, 0.0))
            return found

    def keep(
        self, key: bytes, completion: Completion, account: Account, nano_usd: int, seconds: float
    ) -> Completion:
        """Puts a call on the bill, and keeps its answer.

        Returns:
            the answer that holds from now on: where two were under way at the same time, the first.
        """
        content = zlib.compress(completion.model_dump_json(exclude={"from_store"}).encode(), 1)
        usage = completion.usage
        figures = (
            *(1, 0, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens),
            *(nano_usd, seconds),
        )
        with self._guarded(), self._transaction():
            self._database.execute(_CHARGE, (*account, *figures))
            written = self._database.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?)", (key, content)
            )
            if written.rowcount:
                return completion
            return self._find(key) or completion

    def costs(self) -> list[CostLine]:
        """The whole bill, a line a stage, role and model."""
        with self._guarded():
            rows = self._database.execute("SELECT * FROM costs ORDER BY 1, 2, 3").fetchall()
        return [CostLine(*row) for row in rows]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _find(self, key: bytes) -> Completion | None:
        row = self._database.execute(
            "SELECT completion FROM answers WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        kept = Completion.model_validate_json(zlib.decompress(row[0]))
        return kept.model_copy(update={"from_store": True})

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """One thread at a time; what fails is the run folder's trouble, nobody else's."""
        with self._lock:
            try:
                yield
            except (sqlite3.Error, zlib.error, ValidationError) as error:
                raise RunFolderError(
                    f"The answers of models that the run keeps cannot be used: {self._path}: "
                    f"{error}.",
                    "Free the disk or restore the file; if you remove it, answers are asked for "
                    "again, and paid again.",
                ) from error


def key_of(endpoint: EndpointSettings, request: Request) -> bytes:
    """A digest of everything that changes an answer: the model by its name, how it is sampled, the
    request, and which sample of its answers is meant.  Where the model runs and with which key is
    no part of it."""
    content = [request.sample, request_body(endpoint.model, request, endpoint.sampling)]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def cost_of(endpoint: EndpointSettings, completion: Completion) -> int:
    """What a call cost, in billionths of a dollar, rounded once."""
    usage = completion.usage
    cached_usd = endpoint.input_usd if endpoint.cached_usd is None else endpoint.cached_usd
    cached = min(usage.cached_tokens, usage.prompt_tokens)
    dollars_a_million = (
        (usage.prompt_tokens - cached) * endpoint.input_usd
        + cached * cached_usd
        + usage.completion_tokens * endpoint.output_usd
    )
    return round(dollars_a_million * (NANO // _MILLION))
