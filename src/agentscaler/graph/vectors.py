"""Tools as sparse vectors, whose dot product says how alike two tools are.

A vector is four blocks of TF-IDF terms, each of length 1 (or 0, where a tool has none) and scaled
by the square root of its weight, so that a dot product is the weighted sum of the blocks' cosines.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.words import singular, split_words
from agentscaler.graph import verbs
from agentscaler.graph.settings import BlockWeights

__all__ = ["tool_vectors"]

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
_STOP = frozenset({"and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"})
_NOT_NOUNS = verbs.ALL | verbs.PREFIXES | verbs.ARTICLES | _STOP


def tool_vectors(tools: Sequence[ToolSpec], weights: BlockWeights) -> sp.csr_matrix:
    """One row a tool, float32, of length at most 1."""
    blocks = [
        (weights.parameters, _block(map(_parameter_terms, tools), rarest=2, commonest=0.05)),
        (weights.names, _block(map(_name_terms, tools), rarest=1, commonest=0.10)),
        (weights.service, _block(map(_service_terms, tools), rarest=1, commonest=1.0)),
        (weights.returns, _block(map(_return_terms, tools), rarest=2, commonest=0.05)),
    ]
    scaled = [block * np.float32(np.sqrt(weight)) for weight, block in blocks]
    return sp.hstack(scaled, format="csr", dtype=np.float32)


def _block(documents: Iterable[list[Term]], rarest: int, commonest: float) -> sp.csr_matrix:
    """TF-IDF of the documents' terms, with rows of length 1.

    Terms of fewer than `rarest` tools, or of more than the share `commonest` of them, say nothing
    about which tools belong together and are left out.
    """
    columns: dict[str, int] = {}
    weights: list[float] = []
    indices: list[int] = []
    starts = [0]
    for document in documents:
        for term, weight in document:
            column = columns.setdefault(term, len(columns))
            if column == len(weights):
                weights.append(weight)
            indices.append(column)
        starts.append(len(indices))
    count = len(starts) - 1
    if not columns:
        return sp.csr_matrix((count, 0), dtype=np.float32)
    ones = np.ones(len(indices), dtype=np.float32)
    counts = sp.csr_matrix((ones, indices, starts), shape=(count, len(columns)))
    counts.sum_duplicates()
    kind_weights = np.array(weights, dtype=np.float32)
    if count >= _MANY_TOOLS:
        frequency = np.bincount(counts.indices, minlength=len(columns))
        kept = np.flatnonzero((frequency >= rarest) & (frequency <= commonest * count))
        counts, kind_weights = counts[:, kept], kind_weights[kept]
    if not counts.shape[1]:
        return sp.csr_matrix((count, 0), dtype=np.float32)
    tfidf = TfidfTransformer(sublinear_tf=True, norm=None).fit_transform(counts)
    return normalize(tfidf @ sp.diags(kind_weights)).astype(np.float32)


def _parameter_terms(tool: ToolSpec) -> list[Term]:
    terms: list[Term] = []
    for name, schema in tool.parameters.get("properties", {}).items():
        words = [singular(word) for word in split_words(name)]
        terms += [(f"name:{word}", 1.0) for word in words]
        if len(words) > 1:
            terms.append((f"whole:{'_'.join(words)}", _WHOLE_NAME))
        described = split_words(schema.get("description", ""))[:_DESCRIPTION_WORDS]
        terms += [
            (f"said:{singular(word)}", _DESCRIPTION_WORD) for word in described if len(word) > 2
        ]
    return terms


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


def _service_terms(tool: ToolSpec) -> list[Term]:
    # Not the provider: it would make half of all pairs meet.  It counts through the thresholds.
    return [(f"service:{tool.service}", 1.0)]


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
