"""Sentence encoders: parameter lists as dense vectors, where a user has a model at hand."""

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import InputError, MissingExtraError
from agentscaler.words import split_words

__all__ = ["Embedder", "SentenceEncoder", "parameter_text"]

Dense = npt.NDArray[np.float32]

_BATCH = 64


class Embedder(Protocol):
    """Turns texts into vectors."""

    def embed(self, texts: Sequence[str]) -> Dense:
        """One row a text, float32, of length 1 (or 0 for a text that says nothing)."""


class SentenceEncoder:
    """A model of the package sentence-transformers, read from a folder on this machine."""

    def __init__(self, path: Path) -> None:
        """Loads the model.

        Raises:
            MissingExtraError: the package is not installed.
            InputError: there is no model in the folder.
        """
        if importlib.util.find_spec("sentence_transformers") is None:
            raise MissingExtraError(
                "The setting graph.encoder needs the package sentence-transformers, which is not"
                " installed.",
                "Run: pip install sentence-transformers, or leave graph.encoder unset.",
            )
        if not (path / "modules.json").is_file():
            raise InputError(
                f"The setting graph.encoder names {path}, which holds no sentence encoder.",
                "Give the folder that the model's modules.json lies in.",
            )
        library = importlib.import_module("sentence_transformers")
        self._model: Any = library.SentenceTransformer(str(path), local_files_only=True)

    def embed(self, texts: Sequence[str]) -> Dense:
        vectors = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def parameter_text(tool: ToolSpec) -> str:
    """A tool's parameter list as a text for an encoder: a name and its description each."""
    lines = []
    for name, schema in tool.parameters.get("properties", {}).items():
        described = schema.get("description", "")
        lines.append(f"{' '.join(split_words(name))}: {described}" if described else name)
    return "\n".join(lines)
