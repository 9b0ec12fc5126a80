"""From sources to a pool: opens the services, slices, cleans, sorts."""

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agentscaler.corpus.botocore import botocore_services, is_botocore_folder, packaged_models
from agentscaler.corpus.clean import Cleaner
from agentscaler.corpus.discovery import DISCOVERY_KIND, discovery_services, packaged_documents
from agentscaler.corpus.functions import FUNCTION_SUFFIXES, function_service
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import InputError
from agentscaler.ledger import Rejection

__all__ = ["LARGEST_SLICED_SERVICE", "SMALL_SLICE", "Pool", "load_corpus"]

LARGEST_SLICED_SERVICE = 150
"""A small slice passes over services with more tools, or one of them would be most of it."""
SMALL_SLICE = 5000

_PACKAGED: dict[str, Callable[[], list[Service]]] = {
    "botocore": lambda: botocore_services(packaged_models()),
    "google": lambda: discovery_services(packaged_documents()),
}
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error)


@dataclass(frozen=True)
class Pool:
    """The clean tools, by id, with the account of all that was read.

    Attributes:
        read: operations, broken records and broken files met; equals
            `len(tools) + len(rejections) + skipped`.
        skipped: operations of services that were opened and passed over for a slice.
    """

    tools: list[ToolSpec]
    rejections: list[Rejection]
    read: int
    skipped: int = 0


def load_corpus(
    sources: Sequence[str | Path], settings: PoolSettings | None = None, seed: int = 0
) -> Pool:
    """Reads API descriptions into a clean pool.

    Args:
        sources: "botocore", "google", or paths: a file of function JSON, or a folder of function
            files and discovery documents, or one laid out like botocore's data.
        settings: cleaning and size.
        seed: picks the services of a slice (`settings.limit`).

    Raises:
        InputError: a path does not exist, or holds nothing that can be read.
        MissingExtraError: the package behind "botocore" or "google" is not installed.
    """
    settings = settings or PoolSettings()
    by_source = [_services(source) for source in sources]
    cleaner = Cleaner(settings)
    read = skipped = 0
    for service in _order(by_source, settings.limit, seed):
        reading = _read(service)
        operations = len(reading.tools) + len(reading.rejections)
        read += operations
        is_small_slice = settings.limit is not None and settings.limit < SMALL_SLICE
        if is_small_slice and len(reading.tools) > LARGEST_SLICED_SERVICE:
            skipped += operations
            continue
        cleaner.take(reading)
        if settings.limit is not None and len(cleaner.tools) >= settings.limit:
            break
    if not cleaner.tools and cleaner.rejections:
        _refuse_unreadable(cleaner.rejections)
    return Pool(
        tools=sorted(cleaner.tools, key=lambda tool: tool.id),
        rejections=sorted(cleaner.rejections, key=lambda rejection: rejection.id),
        read=read,
        skipped=skipped,
    )


def _refuse_unreadable(rejections: list[Rejection]) -> None:
    if all(rejection.reason == PoolReason.BAD_FILE for rejection in rejections):
        first = rejections[0]
        raise InputError(
            f"None of the {len(rejections)} files could be read; {first.id}: {first.detail}",
            "Give JSON or JSONL files of functions, discovery documents, or botocore models.",
        )


def _services(source: str | Path) -> list[Service]:
    if source in _PACKAGED:
        return _PACKAGED[str(source)]()
    path = Path(source)
    if path.is_dir():
        return _folder_services(path)
    if path.exists():
        return _file_services(path)
    raise InputError(
        f"There is no source {str(source)!r}.",
        f"Name a file or folder that exists, or one of {', '.join(sorted(_PACKAGED))}.",
    )


def _file_services(path: Path) -> list[Service]:
    if _is_discovery_document(path):
        return discovery_services([path])
    service = function_service(path)
    reading = service.read()  # at once: a lone file that cannot be read is the user's to mend
    return [Service(service.name, lambda: reading)]


def _folder_services(folder: Path) -> list[Service]:
    if is_botocore_folder(folder):
        return botocore_services(folder)
    files = sorted(path for path in folder.rglob("*") if path.suffix in FUNCTION_SUFFIXES)
    documents = [path for path in files if _is_discovery_document(path)]
    known = set(documents)
    functions = [function_service(path) for path in files if path not in known]
    services = [*discovery_services(documents), *functions]
    if not services:
        raise InputError(
            f"The folder {folder} holds no API descriptions.",
            "Put .json or .jsonl files of functions, or discovery documents, into it.",
        )
    return services


def _is_discovery_document(path: Path) -> bool:
    try:
        return path.suffix == ".json" and DISCOVERY_KIND in path.read_bytes()
    except OSError:
        return False


def _order(by_source: list[list[Service]], limit: int | None, seed: int) -> Iterator[Service]:
    """All services; for a slice shuffled within each source, with the sources taking turns."""
    if limit is None:
        for services in by_source:
            yield from services
        return
    shuffle = random.Random(f"{seed}/slice")
    queues = [shuffle.sample(services, len(services)) for services in by_source]
    for turn in range(max(map(len, queues), default=0)):
        yield from (queue[turn] for queue in queues if turn < len(queue))


def _read(service: Service) -> Reading:
    """A service's reading; one whose document is broken is a rejection, and the rest goes on."""
    try:
        return service.read()
    except (InputError, *_UNREADABLE) as error:
        reading = Reading()
        reading.reject(service.name, PoolReason.BAD_FILE, f"{type(error).__name__}: {error}"[:300])
        return reading
