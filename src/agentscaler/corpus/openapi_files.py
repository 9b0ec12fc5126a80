"""Opens a file of JSON or YAML, whatever it calls itself."""

from pathlib import Path
from typing import Any

import orjson

from agentscaler.corpus.documents import BrokenJsonError, parse_json, read_text
from agentscaler.corpus.openapi_yaml import parse_yaml
from agentscaler.errors import InputError

__all__ = ["DOCUMENT_SUFFIXES", "load_document"]

DOCUMENT_SUFFIXES = (".json", ".yaml", ".yml")


def load_document(path: Path) -> Any:
    """The value in a file of JSON or YAML.  Every key and string in it can be stored as UTF-8.

    Raises:
        InputError: the file cannot be read, is empty, or is neither JSON nor YAML.
    """
    text = read_text(path)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        is_json = text.lstrip()[0] in "{["
    found = parse_json(text) if is_json else None
    if is_json and not isinstance(found, BrokenJsonError):
        return found
    try:
        if is_json and _is_quoted(text):
            raise ValueError(found)
        return parse_yaml(text)
    except ValueError as error:
        raise InputError(
            f"{path} is no JSON or YAML: {str(error).rstrip('.')}.", "Check that the file is whole."
        ) from error


def _is_quoted(text: str) -> bool:
    """Whether what begins like JSON goes on like it; YAML has such mappings without quotes too."""
    return text.lstrip()[1:].lstrip()[:1] in {'"', "{", "[", "}", "]", ""}
