"""Tools as vectors, whose dot product says how alike two tools are.

A vector is four blocks, each of length 1 (or 0, where a tool has none) and scaled by the square
root of its weight, so that a dot product is the weighted sum of the blocks' cosines.  Blocks are
TF-IDF terms; where there is an encoder, it makes the block of the parameters.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph import verbs
from agentscaler.graph.embedding import Embedder, parameter_text
from agentscaler.graph.settings import BlockWeights
from agentscaler.words import singular, split_words

__all__ = ["Vectors", "parameter_vectors", "tool_vectors"]

Term = tuple[str, float]
"""A term with the weight of its kind."""

_WHOLE_NAME = 1.5
_DESCRIPTION_WORD = 0.4
_DESCRIPTION_WORDS = 20
_RETURN_FIELDS = 25
_INNER_FIELDS = 15
_INNER_OBJECTS = 8
_MANY_TOOLS = 200
"""From here on a term's rarity can be told; below, no term is too rare or too common."""
_MOST_TOOLS = 3000
"""A term of more tools is left out however large the pool: what a tool is compared with would grow
with the pool, and the work with its square."""
_STOP = frozenset({"and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"})
_SHAPING = frozenset("filter filters orderby sortby sortorder view".split())
"""Parameters that say how a list is to look, in every service in the same words."""
_NOT_NOUNS = verbs.ALL | verbs.PREFIXES | verbs.ARTICLES | _STOP


@dataclass(frozen=True, eq=False)
class Vectors:
    """One row a tool, float32, of length at most 1, in two parts whose dot products add up.

    Attributes:
        sparse: TF-IDF terms.
        dense: what an encoder gave, or None.
    """

    sparse: sp.csr_matrix
    dense: npt.NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return int(self.sparse.shape[0])


def tool_vectors(
    tools: Iterable[ToolSpec], weights: BlockWeights, embedder: Embedder | None = None
) -> Vectors:
    """Vectors of four blocks; `tools` are gone through once."""
    parameters = _Block(rarest=2, commonest=0.05)
    names = _Block(rarest=1, commonest=0.10)
    services = _Block(rarest=1, commonest=1.0)
    returns = _Block(rarest=2, commonest=0.05)
    texts = []
    for tool in tools:
        if embedder is None:
            parameters.add(_parameter_terms(tool))
        else:
            texts.append(parameter_text(tool))
        names.add(_name_terms(tool))
        # Not the provider: it would make half of all pairs meet.  It counts through the thresholds.
        services.add([(f"service:{tool.service}", 1.0)])
        returns.add(_return_terms(tool))
    blocks = [(weights.names, names), (weights.service, services), (weights.returns, returns)]
    dense = None
    if embedder is None:
        blocks.insert(0, (weights.parameters, parameters))
    else:
        dense = embedder.embed(texts) * np.float32(np.sqrt(weights.parameters))
    scaled = [block.matrix() * np.float32(np.sqrt(weight)) for weight, block in blocks]
    return Vectors(sp.hstack(scaled, format="csr", dtype=np.float32), dense)


def parameter_vectors(tools: Iterable[ToolSpec], embedder: Embedder | None = None) -> Vectors:
    """Vectors of the parameters alone, no term left out, as the paper's recipe has them."""
    block = _Block(rarest=1, commonest=None)
    texts = []
    for tool in tools:
        block.add(_parameter_terms(tool) if embedder is None else [])
        if embedder is not None:
            texts.append(parameter_text(tool))
    return Vectors(block.matrix(), embedder.embed(texts) if embedder is not None else None)


class _Block:
    """TF-IDF of one part of the tools, put together tool by tool.

    Terms of fewer than `rarest` tools, or of more than the share `commonest` of them, say nothing
    about which tools belong together and are left out.
    """

    def __init__(self, rarest: int, commonest: float | None) -> None:
        self._rarest = rarest
        self._commonest = commonest
        self._columns: dict[str, int] = {}
        self._weights = array("f")
        self._indices = array("i")
        self._starts = array("q", [0])

    def add(self, terms: Iterable[Term]) -> None:
        """The next row."""
        for term, weight in terms:
            column = self._columns.setdefault(term, len(self._columns))
            if column == len(self._weights):
                self._weights.append(weight)
            self._indices.append(column)
        self._starts.append(len(self._indices))

    def matrix(self) -> sp.csr_matrix:
        """All rows, of length 1 each, or 0 where no term is left."""
        count = len(self._starts) - 1
        counts = self._counts(count)
        weights = np.frombuffer(self._weights, dtype=np.float32)
        if self._commonest is not None and count >= _MANY_TOOLS:
            frequency = np.bincount(counts.indices, minlength=counts.shape[1])
            most = self._commonest * count
            if self._commonest < 1:
                most = min(most, _MOST_TOOLS)
            kept = np.flatnonzero((frequency >= self._rarest) & (frequency <= most))
            counts, weights = counts[:, kept], weights[kept]
        if not counts.shape[1]:
            return sp.csr_matrix((count, 0), dtype=np.float32)
        tfidf = TfidfTransformer(sublinear_tf=True, norm=None).fit_transform(counts)
        tfidf.data *= weights[tfidf.indices]
        return normalize(tfidf, copy=False).astype(np.float32)

    def _counts(self, count: int) -> sp.csr_matrix:
        indices = np.frombuffer(self._indices, dtype=np.int32)
        starts = np.frombuffer(self._starts, dtype=np.int64)
        counts = sp.csr_matrix(
            (np.ones(len(indices), dtype=np.float32), indices, starts),
            shape=(count, len(self._columns)),
            copy=True,
        )
        counts.sum_duplicates()
        return counts


def _parameter_terms(tool: ToolSpec) -> Iterator[Term]:
    for name, schema in tool.parameters.get("properties", {}).items():
        if name.replace("_", "").lower() in _SHAPING:
            continue
        words = [singular(word) for word in split_words(name)]
        for word in words:
            yield f"name:{word}", 1.0
        if len(words) > 1:
            yield f"whole:{'_'.join(words)}", _WHOLE_NAME
        for word in split_words(schema.get("description", ""))[:_DESCRIPTION_WORDS]:
            if len(word) > 2:
                yield f"said:{singular(word)}", _DESCRIPTION_WORD


def _name_terms(tool: ToolSpec) -> list[Term]:
    nouns = [singular(word) for word in split_words(tool.name) if word not in _NOT_NOUNS]
    terms = [(f"noun:{noun}", 1.0) for noun in nouns if len(noun) > 1]
    for segment in (tool.path or "").split("/"):
        if "{" in segment:
            continue
        words = [singular(word) for word in split_words(segment) if word not in _NOT_NOUNS]
        if words and len(words[-1]) > 2:
            terms.append((f"path:{'_'.join(words[-2:])}", 1.0))
    return terms


def _return_terms(tool: ToolSpec) -> list[Term]:
    properties = _record(tool.returns or {}).get("properties", {})
    names = list(properties)[:_RETURN_FIELDS]
    for schema in list(properties.values())[:_INNER_OBJECTS]:
        inner = _record(schema)
        names += list(inner.get("properties", {}))[:_INNER_FIELDS]
        if "x-shape" in inner and "properties" in inner:
            names.append(inner["x-shape"])
    return [(f"field:{'_'.join(map(singular, split_words(name)))}", 1.0) for name in names]


def _record(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema holds, one of it if it holds many."""
    while schema.get("type") == "array":
        schema = schema.get("items", {})
    return schema
