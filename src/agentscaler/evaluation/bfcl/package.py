"""`BfclPackage`: the package `bfcl-eval` in another interpreter, one process a command."""

import os
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.llm import Sampling

__all__ = ["BfclPackage", "Endpoint", "Listing"]

_BRIDGE = Path(__file__).with_name("bridge.py")
_TEMPERATURE = 0.001
"""The package's own."""
_UNSCORED = "format_sensitivity"
"""A category of the package that has no place in its scores."""
_LINES_SHOWN = 6


@dataclass(frozen=True)
class Endpoint:
    """Where the model answers, and how it is asked.

    Attributes:
        native: tools are sent as tools, and calls come as calls (the package's FC mode); otherwise
            tools stand in the system message, and calls are read out of the text.
        seed: added to the seed of `sampling`, where it has one, so that trials differ.
    """

    model: str
    base_url: str
    api_key_env: str
    native: bool
    sampling: Sampling
    request_seconds: float
    retries: int
    threads: int
    seed: int = 0

    def order(self) -> dict[str, Any]:
        """What the bridge needs to know."""
        chosen = self.sampling
        fields: dict[str, Any] = {
            "top_p": chosen.top_p,
            "max_tokens": chosen.max_tokens,
            "seed": None if chosen.seed is None else chosen.seed + self.seed,
            "stop": list(chosen.stop) or None,
            "extra_body": chosen.extra or None,
        }
        return {
            **{name: value for name, value in asdict(self).items() if name != "sampling"},
            "temperature": _TEMPERATURE if chosen.temperature is None else chosen.temperature,
            "sampling": {name: value for name, value in fields.items() if value is not None},
        }


@dataclass(frozen=True)
class Listing:
    """What the package holds.

    Attributes:
        ids: of the entries of each category, in their order.
        before: of entries that are played before those of a category, and are not scored.
    """

    version: str
    ids: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[str, ...]]


class BfclPackage:
    """The package in the interpreter `python`."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def list(self, categories: Sequence[str]) -> Listing:
        """The entries of some categories.

        Raises:
            InputError: the interpreter or the package cannot be used, or it knows no such category.
        """
        with tempfile.TemporaryDirectory() as scratch:
            found = self._run("list", {"categories": list(categories)}, Path(scratch))
        if "unknown" in found:
            raise InputError(
                f"BFCL has no such category: {found['unknown']}.",
                "Its groups are single_turn, multi_turn, live, non_live, agentic and more; see "
                "`bfcl test-categories`.",
            )
        listed = {name: one for name, one in found["categories"].items() if name != _UNSCORED}
        return Listing(
            version=found["version"],
            ids={name: tuple(one["ids"]) for name, one in listed.items()},
            before={name: tuple(one["before"]) for name, one in listed.items() if one["before"]},
        )

    def generate(self, root: Path, ids: Mapping[str, Sequence[str]], endpoint: Endpoint) -> None:
        """Asks the model for entries that have no result yet; results lie below `root`.

        Args:
            ids: of entries, by category; what is played before them is played too if it is named.

        Raises:
            InputError: the package broke off.
        """
        self._run(
            "generate", endpoint.order() | {"ids": {k: list(v) for k, v in ids.items()}}, root
        )

    def score(self, root: Path, categories: Sequence[str], endpoint: Endpoint) -> str:
        """Scores the results below `root`; the scores lie there too.

        Returns:
            the version of the package.

        Raises:
            InputError: the package broke off.
        """
        order = endpoint.order() | {"categories": list(categories)}
        return str(self._run("score", order, root)["version"])

    def _run(self, command: str, order: Mapping[str, Any], root: Path) -> dict[str, Any]:
        """What the bridge answers; what it prints goes to a file beside."""
        root.mkdir(parents=True, exist_ok=True)
        asked, answered = root / f"{command}-order.json", root / f"{command}-answer.json"
        log = root / f"{command}.log"
        asked.write_bytes(orjson.dumps(order, option=orjson.OPT_INDENT_2))
        answered.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "BFCL_PROJECT_ROOT": str(root.resolve()),
            "PYTHONUTF8": "1",
            "PYTHONPATH": "",
        }
        arguments = [self._python, "-u", _BRIDGE, command, asked.resolve(), answered.resolve()]
        try:
            with log.open("wb") as out:
                process = subprocess.Popen(  # noqa: S603 - the interpreter that the user named
                    [str(argument) for argument in arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    cwd=root,
                    start_new_session=True,
                )
        except OSError as error:
            raise InputError(
                f"{self._python} cannot be run: {error.strerror}.",
                "Give --python the interpreter in which bfcl-eval is installed.",
            ) from error
        try:
            code = process.wait()
        finally:
            _end(process)
        if code or not answered.exists():
            raise InputError(
                f"BFCL's package ended with exit code {code}: {_last_lines(log)}",
                f"Check that bfcl-eval is installed for {self._python}, say with `pip install"
                " bfcl-eval`.",
            )
        answer: dict[str, Any] = orjson.loads(answered.read_bytes())
        return answer


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process with all that it started, where we are stopped while it works."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last_lines(log: Path) -> str:
    """The end of what was printed, in one line."""
    with log.open(encoding="utf-8", errors="replace") as file:
        lines = deque((line.strip() for line in file if line.strip()), maxlen=_LINES_SHOWN)
    return " / ".join(lines)[-600:] or "it printed nothing."
