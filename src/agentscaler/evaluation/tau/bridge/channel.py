"""`Channel`: JSON lines with whoever started the bridge."""

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from typing import IO, Any

__all__ = ["Channel", "ModelFailedError"]

_LONGEST_TRACE = 4000


class ModelFailedError(Exception):
    """There is no answer of a model.

    Attributes:
        fault: "agent" where that is the agent's own fault, which ends its episode without a
            reward; "" where the episode has to be played again.
    """

    def __init__(self, text: str, fault: str = "") -> None:
        super().__init__(text)
        self.fault = fault


class Channel:
    """Reads calls, each of which a thread of its own carries out; may be asked from all of them.

    Args:
        do: carries out a call, given its name and its arguments, and gives a JSON value back.
    """

    def __init__(self, incoming: IO[str], outgoing: IO[str]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._writing = threading.Lock()
        self._asked = 0
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._here = threading.local()

    @classmethod
    def over_the_standard_streams(cls) -> "Channel":
        """Takes stdout for itself: what anything else prints goes to stderr from now on."""
        sys.stdout.flush()
        outgoing = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
        os.dup2(2, 1)
        incoming = os.fdopen(os.dup(0), encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        return cls(incoming, outgoing)

    def send(self, line: dict[str, Any]) -> None:
        """Writes one line."""
        text = json.dumps(line, ensure_ascii=False, allow_nan=False, default=str) + "\n"
        with self._writing:
            self._outgoing.write(text)
            self._outgoing.flush()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question that the call of this thread has.

        Raises:
            ModelFailedError: there is none.
        """
        answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        with self._writing:
            self._asked += 1
            number = self._asked
            self._waiting[number] = answers
        self.send({"ask": number, "call": self._here.call, "request": request})
        line = answers.get()
        if "failure" in line:
            raise ModelFailedError(str(line["failure"]), str(line.get("fault", "")))
        value: dict[str, Any] = line["value"]
        return value

    def serve(self, do: Callable[[str, dict[str, Any]], Any]) -> None:
        """Carries out calls until the other side is gone."""
        for text in self._incoming:
            line = json.loads(text)
            if "answer" in line:
                answers = self._waiting.pop(line["answer"], None)
                if answers is not None:
                    answers.put(line)
            else:
                work = threading.Thread(target=self._carry_out, args=(do, line), daemon=True)
                work.start()

    def _carry_out(self, do: Callable[[str, dict[str, Any]], Any], line: dict[str, Any]) -> None:
        self._here.call = line["call"]
        try:
            self.send({"return": line["call"], "value": do(line["do"], line.get("with") or {})})
        except BaseException as error:  # whatever the package raises is an answer, not an end
            self.send({"return": line["call"], "error": told(error)})


def told(error: BaseException) -> dict[str, str]:
    """An exception as JSON."""
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {"type": type(error).__name__, "text": str(error), "trace": trace[-_LONGEST_TRACE:]}
