"""`ToolGraph`: the tools of a pool, how alike they are, what feeds what, and their communities."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from agentscaler.errors import InputError
from agentscaler.graph.dependencies import Dependencies

__all__ = ["ToolGraph"]

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class ToolGraph:
    """The graph; tools are known by their index in `tool_ids`.

    Attributes:
        similarity: symmetric, float32, cosines above the thresholds, an empty diagonal.
        dependencies: directed edges from producers to consumers of keys.
        communities: a label a tool, from 0.
    """

    tool_ids: tuple[str, ...]
    similarity: sp.csr_matrix
    dependencies: Dependencies
    communities: npt.NDArray[np.int32]

    @property
    def community_count(self) -> int:
        return int(self.communities.max()) + 1 if len(self.communities) else 0

    def community(self, label: int) -> list[int]:
        """The tools of one community, in order."""
        return [int(index) for index in np.flatnonzero(self.communities == label)]

    def dump(self) -> bytes:
        """The graph as an npz file that numpy reads; equal graphs give equal bytes."""
        upper = sp.triu(self.similarity, 1).tocoo()
        edges = self.dependencies
        arrays = {
            "tool_ids": _packed(self.tool_ids),
            "similarity_row": upper.row.astype(np.int32),
            "similarity_col": upper.col.astype(np.int32),
            "similarity": upper.data.astype(np.float32),
            "producer": edges.producer,
            "consumer": edges.consumer,
            "parameter": edges.parameter,
            "key": edges.key,
            "names": _packed(edges.names),
            "communities": self.communities,
        }
        return _archive(arrays)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Reads what `dump` wrote.  Raises `InputError` on anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return cls._from_arrays(arrays)
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(
                f"The tool graph cannot be read: {error}.", "Build the graph again."
            ) from error

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        tool_ids = _unpacked(arrays["tool_ids"])
        upper = sp.csr_matrix(
            (arrays["similarity"], (arrays["similarity_row"], arrays["similarity_col"])),
            shape=(len(tool_ids), len(tool_ids)),
        )
        return cls(
            tool_ids=tool_ids,
            similarity=(upper + upper.T).tocsr(),
            dependencies=Dependencies(
                producer=arrays["producer"],
                consumer=arrays["consumer"],
                parameter=arrays["parameter"],
                key=arrays["key"],
                names=_unpacked(arrays["names"]),
            ),
            communities=arrays["communities"],
        )


def _archive(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """An npz archive without compression or clock, either of which would vary its bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), content.getvalue())
    return buffer.getvalue()


def _packed(strings: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Strings as bytes, each ended by a zero byte; no id or name holds one."""
    return np.frombuffer("".join(f"{string}\0" for string in strings).encode(), dtype=np.uint8)


def _unpacked(array: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\0")[:-1])
