"""The bridge's entry: finds the package, says what it found, and carries out calls."""

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from .channel import Channel, told

__all__ = ["main"]

_SOURCES = {"tau2": "src", "tau-bench": "."}
"""Where in its checkout each package lies."""
_MODULES = {"tau2": ".tau2_package", "tau-bench": ".tau_bench_package"}


class _Package(Protocol):
    """What a module about an official package has."""

    def found(self, home: Path) -> dict[str, Any]: ...

    def commands(self, channel: Channel) -> dict[str, Callable[[dict[str, Any]], Any]]: ...


def main(arguments: list[str]) -> int:
    """Serves until stdin ends; the exit code."""
    parser = argparse.ArgumentParser(prog="bridge")
    parser.add_argument("package", choices=sorted(_MODULES))
    parser.add_argument("--home", type=Path, required=True)
    given = parser.parse_args(arguments)
    channel = Channel.over_the_standard_streams()
    try:
        package, found = _find(given.package, given.home.resolve())
    except BaseException as error:  # also what a package raises while it is imported
        channel.send({"unready": told(error)})
        return 1
    channel.send({"ready": found})
    commands = package.commands(channel)

    def do(command: str, given_with: dict[str, Any]) -> Any:
        return commands[command](given_with)

    channel.serve(do)
    sys.stderr.flush()
    os._exit(0)  # threads that wait for an answer that never comes do not keep the process


def _find(name: str, home: Path) -> tuple[Any, dict[str, Any]]:
    """The module about a package, and what is to be known of the package in `home`."""
    os.chdir(home)
    os.environ.setdefault("TAU2_DATA_DIR", str(home / "data"))
    sys.path.insert(0, str((home / _SOURCES[name]).resolve()))
    package: ModuleType | Any = importlib.import_module(_MODULES[name], __package__)
    found = {"package": name, "python": platform.python_version(), **package.found(home)}
    json.dumps(found)
    return package, found
