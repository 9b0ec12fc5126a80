"""Tool calls of a saved tau2 simulation that are made again, beside their recorded results."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .wording import same_content, same_validation_error

__all__ = ["Replay", "Replays"]

_QUOTED = 600


class Replay:
    """Recorded tool results of one simulation, and how replayed ones differ from them."""

    def __init__(self) -> None:
        self.differences: list[dict[str, str]] = []
        self._recorded: list[tuple[Any, Any]] = []

    def begin(self, messages: list[Any]) -> None:
        """Takes what an environment is about to play again."""
        calls: list[Any] = []
        self._recorded = []
        for message in messages:
            if getattr(message, "role", "") == "tool":
                if calls:
                    self._recorded.append((calls.pop(0), message))
            else:
                calls = list(getattr(message, "tool_calls", None) or [])
        self._recorded.reverse()

    def settle(self, call: Any, response: Any) -> Any:
        """The response that the package shall see: the recorded one, where there is one."""
        while self._recorded:
            recorded_call, recorded = self._recorded.pop()
            if recorded_call.name == call.name and recorded_call.arguments == call.arguments:
                break
        else:
            return response
        if same_content(response.content, recorded.content):
            return response
        worded = same_validation_error(response.content, recorded.content)
        self.differences.append(
            {
                "kind": "wording" if worded else "content",
                "tool": call.name,
                "recorded": (recorded.content or "")[:_QUOTED],
                "replayed": (response.content or "")[:_QUOTED],
            }
        )
        return response.model_copy(update={"content": recorded.content})


class Replays:
    """Stands between the package's environments and the one replay that is under way.

    Args:
        environment: the package's module of environments.
    """

    def __init__(self, environment: Any) -> None:
        self._now: Replay | None = None
        kind = environment.Environment
        set_state, get_response = kind.set_state, kind.get_response

        def watched_set_state(this: Any, *given: Any, **named: Any) -> Any:
            if self._now is not None:
                messages = named.get("message_history", given[2] if len(given) > 2 else None)
                self._now.begin(messages or [])
            return set_state(this, *given, **named)

        def settled_response(this: Any, message: Any) -> Any:
            response = get_response(this, message)
            return response if self._now is None else self._now.settle(message, response)

        kind.set_state, kind.get_response = watched_set_state, settled_response
        if hasattr(environment, "deepcopy"):
            environment.deepcopy = _copied_messages(environment.deepcopy)

    @contextmanager
    def watched(self) -> Iterator[Replay]:
        """Inside, what environments replay is told to one record."""
        self._now = Replay()
        try:
            yield self._now
        finally:
            self._now = None


def _copied_messages(copy_all: Any) -> Any:
    """Copies of messages, as deep as environments change them: the arguments of tool calls."""

    def copied(value: Any) -> Any:
        if not isinstance(value, list):
            return copy_all(value)
        return [
            message.model_copy(update={"tool_calls": copy_all(message.tool_calls)})
            if getattr(message, "tool_calls", None)
            else message
            for message in value
        ]

    return copied
