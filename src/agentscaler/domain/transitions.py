"""Which status an action leads to, and from which it may start.

An API description says that a thing can be cancelled, never from which states.  The rule supplied
here: an action leads to the status its verb names; it may start from every status but its own
goal, those that mean the thing is over, and those that mean it is on its way.
"""

from agentscaler.domain.domain import Precondition, Table
from agentscaler.domain.statuses import bare_values, is_over, is_passing

__all__ = ["Transition", "find_transition"]

_GOALS = {
    "abort": ("aborted", "cancelled", "canceled"),
    "accept": ("accepted", "active", "approved"),
    "acknowledge": ("acknowledged",),
    "activate": ("active", "activated", "enabled"),
    "approve": ("approved", "active"),
    "archive": ("archived",),
    "cancel": ("cancelled", "canceled", "cancelling", "canceling"),
    "close": ("closed", "completed", "complete"),
    "complete": ("completed", "complete", "succeeded"),
    "confirm": ("confirmed", "active"),
    "deactivate": ("inactive", "deactivated", "disabled"),
    "decline": ("declined", "rejected"),
    "deprecate": ("deprecated",),
    "disable": ("disabled", "inactive"),
    "disconnect": ("disconnected",),
    "enable": ("enabled", "active"),
    "end": ("ended", "completed", "closed"),
    "expire": ("expired",),
    "finalize": ("finalized", "completed"),
    "finish": ("finished", "completed"),
    "lock": ("locked",),
    "open": ("open", "opened"),
    "pause": ("paused", "suspended"),
    "publish": ("published", "active"),
    "reactivate": ("active", "activated"),
    "reject": ("rejected", "declined"),
    "reopen": ("open", "reopened"),
    "restore": ("active", "restored", "available"),
    "resume": ("running", "active", "resumed", "in_progress"),
    "retire": ("retired", "archived"),
    "revoke": ("revoked",),
    "run": ("running", "in_progress"),
    "schedule": ("scheduled",),
    "send": ("sent", "sending"),
    "start": ("running", "started", "active", "in_progress", "starting", "online"),
    "stop": ("stopped", "inactive", "stopping", "offline"),
    "submit": ("submitted", "in_review", "pending_review", "pending"),
    "suspend": ("suspended", "paused", "disabled"),
    "terminate": ("terminated", "terminating"),
    "unarchive": ("active",),
    "unlock": ("unlocked", "active"),
    "unpublish": ("draft", "unpublished"),
}
_REVIVES = frozenset({"restore", "reopen", "unarchive", "reactivate", "start", "run", "resume"})
_FLAGS = {
    "enable": ("enabled", 1),
    "disable": ("enabled", 0),
    "activate": ("active", 1),
    "deactivate": ("active", 0),
    "archive": ("archived", 1),
    "unarchive": ("archived", 0),
    "lock": ("locked", 1),
    "unlock": ("locked", 0),
    "publish": ("published", 1),
    "unpublish": ("published", 0),
    "pause": ("paused", 1),
    "resume": ("paused", 0),
    "suspend": ("suspended", 1),
    "mute": ("muted", 1),
    "unmute": ("muted", 0),
    "hide": ("hidden", 1),
    "star": ("starred", 1),
    "unstar": ("starred", 0),
}


class Transition:
    """What an action does: the column it sets, to what, and the precondition."""

    def __init__(self, column: str, value: str | int, allowed: tuple[str | int, ...]) -> None:
        self.sets: dict[str, str | int] = {column: value}
        self.precondition = Precondition(column=column, allowed=allowed)


def find_transition(verb: str, table: Table) -> Transition | None:
    """The transition that `verb` means for rows of `table`, or None where no column fits."""
    if table.status is not None:
        values = table.by_name[table.status].enum
        goal = _goal(verb, values)
        if goal is not None:
            allowed = tuple(v for v in values if v != goal and _may_leave(verb, v))
            if allowed:
                return Transition(table.status, goal, allowed)
    name, value = _FLAGS.get(verb, ("", 0))
    for column in table.columns if name else ():
        if column.type == "boolean" and column.name.removeprefix("is_").endswith(name):
            return Transition(column.name, value, (1 - value,))
    return None


def _goal(verb: str, values: tuple[str, ...]) -> str | None:
    folded = {word: value for value, word in bare_values(values).items()}
    for word in _GOALS.get(verb, ()):
        if word in folded:
            return folded[word]
    return None


def _may_leave(verb: str, value: str) -> bool:
    if is_passing(value):
        return False
    if verb in _REVIVES:
        return not any(word in value.lower() for word in ("delet", "terminat", "complete", "succe"))
    return not is_over(value)
