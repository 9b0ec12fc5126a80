"""Why a walk did not become a task."""

from enum import StrEnum

__all__ = ["TaskReason"]


class TaskReason(StrEnum):
    """Reasons in the ledger of rejected walks."""

    NO_START = "no_start"
    """No tool of the domain could be grounded in the state."""
    TOO_LONG = "too_long"
    """The walk needed more calls than the setting allows."""
    REFUSED = "refused"
    """A call of the walk was refused by its tool."""
    GOLD_DIFFERS = "gold_differs"
    """Replayed, the gold calls gave another result or another final state."""
    REPLAY_DIFFERS = "replay_differs"
    """In another process, the gold calls gave another result or changed something else."""
    NOTHING_PASSES = "nothing_passes"
    """Doing nothing cannot be told from doing it right."""
    IDLE_WRITE = "idle_write"
    """A write could be left out without anyone noticing."""
    MUTANT_PASSES = "mutant_passes"
    """A wrong write ends where gold does, or a part of the request changes nothing."""
    GUESSABLE = "guessable"
    """Most wrong reads tell what the right one tells."""
    VARIANT_FAILS = "variant_fails"
    """A way as right as gold, in another order or with reads on the side, ends elsewhere."""
    ATTEMPT_PASSES = "attempt_passes"
    """A wish that should be impossible was fulfilled when tried."""
    FULFILMENT_PASSES = "fulfilment_passes"
    """Fulfilling a wish that must not be fulfilled ends where gold does."""
    LEAK = "leak"
    """The request gives away an id that the agent should find out."""
    ANSWER_KNOWN = "answer_known"
    """The request already holds what it asks for."""
    DUPLICATE = "duplicate"
    """The domain has a task with the same calls already."""
    SHAPE = "shape"
    """The domain has as many tasks of this shape as the setting allows: the same tools, fed from
    the same places, on other rows."""
    NO_INSTANCE = "no_instance"
    """No walk of the same shape, without a value of the original, was found in the fresh states."""
    FAILED = "failed"
    """The program failed on it; the detail says where."""
