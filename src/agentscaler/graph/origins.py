"""Where tools come from, as numbers, so that pairs can be compared by whole arrays."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from agentscaler.corpus.tool import ToolSpec
from agentscaler.words import split_words

__all__ = ["Origins"]

Numbers = npt.NDArray[np.int32]

_MANY_SERVICES = 10
_SHARE_OF_SERVICES = 0.01


@dataclass(frozen=True, eq=False)
class Origins:
    """A row a tool.

    Attributes:
        service, provider: numbers; equal ones mean the same.
        is_generic: operations that every service has (tags, access policies, long-running
            operations): alike, but of no use together.
    """

    service: Numbers
    provider: Numbers
    is_generic: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, tools: Sequence[ToolSpec]) -> Self:
        services: list[str] = []
        providers: list[str] = []
        labels: list[str] = []
        for tool in tools:
            services.append(tool.service)
            providers.append(tool.provider)
            labels.append(_label(tool.name))
        by_label: dict[str, set[str]] = defaultdict(set)
        for label, service in zip(labels, services, strict=True):
            by_label[label].add(service)
        most = max(_MANY_SERVICES, _SHARE_OF_SERVICES * len(set(services)))
        generic = [len(by_label[label]) > most for label in labels]
        return cls(_numbered(services), _numbered(providers), np.array(generic, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.service)


def _label(name: str) -> str:
    """What an operation is called in any service: its method, with its resource if that is short.

    "TagResource", "getIamPolicy" of any resource, and "operations.cancel".
    """
    *segments, method = name.split(".")
    words = split_words(method)
    if len(words) > 1 or not segments:
        return "_".join(words)
    return f"{'_'.join(split_words(segments[-1]))}.{'_'.join(words)}"


def _numbered(names: list[str]) -> Numbers:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int32)
