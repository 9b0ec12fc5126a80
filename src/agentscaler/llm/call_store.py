"""`CallStore`: the answers of models and what they cost, in one SQLite file of a run.

Answers are kept under a digest of everything that changes them, so that a run that goes on, or is
done again, asks nothing twice.  Costs are whole billionths of a dollar, so that sums are exact.
"""

import hashlib
import sqlite3
import threading
import zlib
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import orjson

from agentscaler.errors import RunFolderError
from agentscaler.llm.chat_model import Completion, Request
from agentscaler.llm.settings import EndpointSettings
from agentscaler.llm.wire import request_body

__all__ = ["CallStore", "CostLine", "cost_of", "key_of"]

NANO = 1_000_000_000
_MILLION = 1_000_000
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
    def usd(self) -> float:
        return self.nano_usd / NANO


class CallStore:
    """Answers and costs; may be used from several threads.

    Args:
        path: of the file; None keeps everything in memory.

    Raises:
        RunFolderError: the file is damaged or of something else.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(
                path or ":memory:", check_same_thread=False, isolation_level=None, timeout=30
            )
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_TABLES)
        except sqlite3.Error as error:
            raise RunFolderError(
                f"The model calls of the run cannot be read: {path}: {error}.",
                "Restore the file, or remove it: answers are then asked for again, and paid again.",
            ) from error

    def find(self, key: bytes) -> Completion | None:
        """The answer kept under a key."""
        with self._lock:
            row = self._database.execute(
                "SELECT completion FROM answers WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        kept = Completion.model_validate_json(zlib.decompress(row[0]))
        return kept.model_copy(update={"from_cache": True})

    def keep(self, key: bytes, completion: Completion) -> Completion:
        """Keeps an answer and gives back the one that holds from now on: where two were under way
        at the same time, the first to be kept."""
        content = zlib.compress(completion.model_dump_json(exclude={"from_cache"}).encode(), 1)
        with self._lock:
            self._database.execute("INSERT OR IGNORE INTO answers VALUES (?, ?)", (key, content))
            if self._database.execute("SELECT changes()").fetchone()[0]:
                return completion
        return self.find(key) or completion

    def charge(
        self, stage: str, role: str, completion: Completion, nano_usd: int, seconds: float
    ) -> None:
        """Puts a call on the bill."""
        usage, reused = completion.usage, completion.from_cache
        figures = (
            (0, 1, 0, 0, 0, 0, 0.0)
            if reused
            else (
                *(1, 0, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens),
                *(nano_usd, seconds),
            )
        )
        with self._lock:
            self._database.execute(
                "INSERT INTO costs VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET"
                " calls = calls + excluded.calls, reused = reused + excluded.reused,"
                " prompt_tokens = prompt_tokens + excluded.prompt_tokens,"
                " cached_tokens = cached_tokens + excluded.cached_tokens,"
                " completion_tokens = completion_tokens + excluded.completion_tokens,"
                " nano_usd = nano_usd + excluded.nano_usd, seconds = seconds + excluded.seconds",
                (stage, role, completion.model, *figures),
            )

    def costs(self) -> list[CostLine]:
        """The whole bill, a line a stage, role and model."""
        with self._lock:
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


def key_of(endpoint: EndpointSettings, request: Request) -> bytes:
    """A digest of everything that changes an answer: the endpoint, the model, the request, and
    which sample of its answers is meant.  The key of the endpoint is no part of it."""
    content = [endpoint.base_url, request.sample, request_body(endpoint.model, request)]
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def cost_of(endpoint: EndpointSettings, completion: Completion) -> int:
    """What a call cost, in billionths of a dollar, rounded once."""
    usage = completion.usage
    fresh = max(0, usage.prompt_tokens - usage.cached_tokens)
    dollars_a_million = (
        fresh * endpoint.input_usd
        + usage.cached_tokens * (endpoint.cached_usd or endpoint.input_usd)
        + usage.completion_tokens * endpoint.output_usd
    )
    return round(dollars_a_million * (NANO // _MILLION))
