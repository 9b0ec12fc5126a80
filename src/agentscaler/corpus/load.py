"""From sources to a pool: opens the services, slices, cleans, sorts."""

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agentscaler.corpus.botocore import model_services, packaged_models
from agentscaler.corpus.clean import Cleaner
from agentscaler.corpus.detect import Form, Source, detect
from agentscaler.corpus.discovery import discovery_services, packaged_documents
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.service import MALFORMED, Reading, Service, malformation
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import InputError
from agentscaler.ledger import Rejection

__all__ = [
    "LARGEST_SLICED_SERVICE",
    "PACKAGED",
    "SMALL_SLICE",
    "Pool",
    "SourceCount",
    "load_corpus",
]

LARGEST_SLICED_SERVICE = 150
"""A small slice passes over services with more tools, or one of them would be most of it."""
SMALL_SLICE = 5000

PACKAGED = ("botocore", "google")
"""Sources that are installed packages; all others are paths."""
_BAD = (PoolReason.BAD_FILE, PoolReason.UNKNOWN_FORM)


class SourceCount(BaseModel):
    """What came of one source; `read` equals `kept` + `skipped` + all of `rejected`.

    Attributes:
        source: as it was given.
        forms: files, or folders, of each form in it.
        unknown: files in no form, or unreadable.
        rejected: how many for each reason.
        cut_references: references that lead nowhere, or to what may not be read.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    forms: dict[str, int]
    unknown: int = 0
    read: int = 0
    kept: int = 0
    skipped: int = 0
    rejected: dict[str, int] = {}
    cut_references: int = 0


@dataclass(frozen=True)
class Pool:
    """The clean tools, by id, with the account of all that was read.

    Attributes:
        read: operations, broken records and broken files met; equals
            `len(tools) + len(rejections) + skipped`.
        skipped: operations of services that were opened and passed over for a slice.
        sources: the same account for each source.
    """

    tools: list[ToolSpec]
    rejections: list[Rejection]
    read: int
    skipped: int = 0
    sources: list[SourceCount] = field(default_factory=list)


@dataclass
class _Account:
    """What has been read of one source so far."""

    name: str
    source: Source
    read: int = 0
    kept: int = 0
    skipped: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    cut_references: int = 0

    def closed(self) -> SourceCount:
        return SourceCount(
            source=self.name,
            forms={str(form): count for form, count in sorted(self.source.forms.items())},
            unknown=self.source.unknown,
            read=self.read,
            kept=self.kept,
            skipped=self.skipped,
            rejected=dict(sorted(self.rejected.items())),
            cut_references=self.cut_references,
        )


def load_corpus(
    sources: Sequence[str | Path], settings: PoolSettings | None = None, seed: int = 0
) -> Pool:
    """Reads API descriptions into a clean pool.

    Args:
        sources: "botocore", "google", or paths of files and folders in the forms of `Form`.
        settings: cleaning and size.
        seed: picks the services of a slice (`settings.limit`) and of a capped provider.

    Raises:
        InputError: a path does not exist, or holds nothing that can be read.
        MissingExtraError: the package behind "botocore" or "google" is not installed.
    """
    settings = settings or PoolSettings()
    accounts = [_Account(str(name), _open(name, settings)) for name in sources]
    cleaner = Cleaner(settings)
    is_small_slice = settings.limit is not None and settings.limit < SMALL_SLICE
    for account, service in _order(accounts, settings, seed):
        reading = _read(service)
        operations = len(reading.tools) + len(reading.rejections)
        account.read += operations
        account.cut_references += reading.cut_references
        if is_small_slice and len(reading.tools) > LARGEST_SLICED_SERVICE:
            account.skipped += operations
            continue
        kept, rejected = len(cleaner.tools), len(cleaner.rejections)
        cleaner.take(reading)
        account.kept += len(cleaner.tools) - kept
        account.rejected.update(one.reason for one in cleaner.rejections[rejected:])
        if settings.limit is not None and len(cleaner.tools) >= settings.limit:
            break
    if not cleaner.tools and cleaner.rejections:
        _refuse_unreadable(cleaner.rejections)
    return Pool(
        tools=sorted(cleaner.tools, key=lambda tool: tool.id),
        rejections=sorted(cleaner.rejections, key=lambda one: (one.id, one.reason, one.detail)),
        read=sum(account.read for account in accounts),
        skipped=sum(account.skipped for account in accounts),
        sources=[account.closed() for account in accounts],
    )


def _refuse_unreadable(rejections: list[Rejection]) -> None:
    if all(rejection.reason in _BAD for rejection in rejections):
        first = rejections[0]
        raise InputError(
            f"None of the {len(rejections)} files could be read; {first.id}: {first.detail}",
            "Give files that describe an API or list functions; docs/pool.md names the forms.",
        )


def _open(source: str | Path, settings: PoolSettings) -> Source:
    if source == "botocore":
        models = packaged_models()
        return Source({Form.BOTOCORE: len(models)}, model_services(models, settings))
    if source == "google":
        documents = packaged_documents()
        return Source({Form.DISCOVERY: len(documents)}, discovery_services(documents, settings))
    if not os.path.lexists(source):
        raise InputError(
            f"There is no source {str(source)!r}.",
            f"Name a file or folder that exists, or one of {', '.join(PACKAGED)}.",
        )
    return detect(Path(source), settings)


def _order(
    accounts: list[_Account], settings: PoolSettings, seed: int
) -> Iterator[tuple[_Account, Service]]:
    """All services.

    For a slice, and where providers are capped, they are shuffled within each source; for a slice
    the sources take turns besides.
    """
    queues = [[(account, service) for service in account.source.services] for account in accounts]
    if settings.limit is not None or settings.provider_cap is not None:
        shuffle = random.Random(f"{seed}/slice")
        queues = [shuffle.sample(queue, len(queue)) for queue in queues]
    if settings.limit is None:
        for queue in queues:
            yield from queue
        return
    for turn in range(max(map(len, queues), default=0)):
        yield from (queue[turn] for queue in queues if turn < len(queue))


def _read(service: Service) -> Reading:
    """A service's reading; one whose document is broken is a rejection, and the rest goes on."""
    try:
        return service.read()
    except InputError as error:
        reading = Reading()
        reading.reject(service.name, PoolReason.BAD_FILE, error.what)
    except MALFORMED as error:
        reading = Reading()
        reading.reject(service.name, PoolReason.BAD_FILE, malformation(error))
    return reading
