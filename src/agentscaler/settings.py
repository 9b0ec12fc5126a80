"""Settings from files and the command line: reading, layering, and errors that name the key.

Each stage defines its own settings as a pydantic model; this module knows none of them.  It reads
configuration files, parses `a.b=c` overrides, lays one mapping over another, and checks the
outcome against a model, so that a mistake comes out as a `SettingsError` that names the key, the
value, what is allowed and, for an unknown key, the nearest known ones.
"""

import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from agentscaler.errors import SettingsError

__all__ = ["Layer", "Section", "compose", "parse_override", "read_config", "wanted"]

Model = TypeVar("Model", bound=BaseModel)


class Section(BaseModel):
    """A group of settings: unknown keys are refused, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Layer:
    """Settings from one place.

    Attributes:
        origin: the place in words, for error messages ("config.yaml", "--set").
        values: nested mappings; a later layer's leaf replaces an earlier one's.
    """

    origin: str
    values: Mapping[str, Any]


def read_config(path: Path) -> Layer:
    """The settings in a YAML, TOML or JSON file, told apart by its suffix.

    Raises:
        SettingsError: the file cannot be read, is malformed, or is not a mapping.
    """
    parsers = {
        ".yaml": yaml.safe_load,
        ".yml": yaml.safe_load,
        ".toml": tomllib.loads,
        ".json": json.loads,
    }
    parse = parsers.get(path.suffix.lower())
    if parse is None:
        raise SettingsError(
            f"The configuration file {path} is of an unknown kind.",
            f"Name it with one of the suffixes {', '.join(parsers)}.",
        )
    try:
        values = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The configuration file {path} cannot be read: {error.strerror}.",
            "Give --config the path of a readable file.",
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(
            f"The configuration file {path} is malformed: {reason}.", "Correct it at that place."
        ) from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise SettingsError(
            f"The configuration file {path} holds a {type(values).__name__}, not a mapping.",
            "Write settings as keys with values, for example `seed: 7`.",
        )
    return Layer(str(path), values)


def parse_override(text: str) -> Layer:
    """`a.b=c` as a layer; the value is read as YAML ("3" is a number, "null" nothing).

    Raises:
        SettingsError: there is no key, no `=`, or the value is not YAML.
    """
    key, separator, value = text.partition("=")
    parts = key.strip().split(".")
    if not separator or not all(parts):
        raise SettingsError(
            f"--set {text} is not a setting.", "Write it as key=value, for example --set seed=7."
        )
    try:
        leaf = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise SettingsError(
            f"--set {text}: the value {value!r} is not YAML.", "Put it in quotes if it is a text."
        ) from error
    for part in reversed(parts):
        leaf = {part: leaf}
    return Layer("--set", leaf)


def compose(model: type[Model], layers: Sequence[Layer]) -> Model:
    """Lays the layers over each other, the last on top, and checks the outcome.

    Raises:
        SettingsError: a key is unknown or a value is not allowed; all such faults are named.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = _lay_over(merged, layer.values)
    try:
        return model.model_validate(merged)
    except ValidationError as error:
        known = _keys_of(model)
        faults = [_fault(detail, known, layers) for detail in error.errors()]
        raise SettingsError(
            " ".join(what for what, _ in faults),
            " ".join(dict.fromkeys(hint for _, hint in faults)),
        ) from error


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _lay_over(under, value)
        else:
            merged[key] = value
    return merged


def _keys_of(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Every key of a model as a dotted path, sections followed by what is in them."""
    keys: list[str] = []
    for name, field in model.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += _keys_of(field.annotation, f"{prefix}{name}.")
    return keys


def _fault(detail: ErrorDetails, known: Sequence[str], layers: Sequence[Layer]) -> tuple[str, str]:
    """What is wrong and what to do, for one fault that pydantic found."""
    path = [str(part) for part in detail["loc"]]
    key = ".".join(path)
    origin = _origin(path, layers)
    if detail["type"] == "extra_forbidden":
        return f"There is no setting {key} ({origin}).", _suggestion(key, known)
    message = detail["msg"].removeprefix("Value error, ").replace("Input should", "it should", 1)
    return (
        f"The setting {key} cannot be {detail['input']!r} ({origin}): {message}.",
        f"Give {key} an allowed value.",
    )


def _origin(path: Sequence[str], layers: Sequence[Layer]) -> str:
    """The top layer that says anything at `path`."""
    for layer in reversed(layers):
        node: Any = layer.values
        for part in path:
            if not isinstance(node, Mapping):
                return f"from {layer.origin}"
            if part not in node:
                break
            node = node[part]
        else:
            return f"from {layer.origin}"
    return "by default"


def _suggestion(key: str, known: Sequence[str]) -> str:
    """The nearest known keys of the same section, or the like-named of any, else the section."""
    section, _, last = key.rpartition(".")
    peers = {name.rpartition(".")[2]: name for name in known if name.rpartition(".")[0] == section}
    near = [peers[name] for name in difflib.get_close_matches(last, peers, n=2, cutoff=0.7)]
    near = near or [name for name in known if name.rpartition(".")[2] == last]
    near = near or difflib.get_close_matches(key, known, n=2, cutoff=0.8)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known settings: {', '.join(peers.values() or known)}."


def wanted(named: Sequence[str], every: Sequence[str]) -> frozenset[str]:
    """The things that a setting names, where "all" stands for every one."""
    return frozenset(every if "all" in named else named)
