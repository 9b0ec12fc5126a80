"""What the records of a part say beyond what one question showed."""

from collections.abc import Collection, Iterable

from agentscaler.llm import DraftReason, MakerRecord

__all__ = ["left_as_drafted", "maker_of", "turned_away"]


def left_as_drafted(records: Iterable[MakerRecord], subjects: Collection[str]) -> list[MakerRecord]:
    """The records, of which those about `subjects` say that the model found nothing to change."""
    kept = {"maker": "rules", "detail": "the model would change nothing"}
    return [
        record.model_copy(update=kept)
        if record.maker == "model" and record.subject in subjects
        else record
        for record in records
    ]


def turned_away(records: Iterable[MakerRecord], why: str) -> list[MakerRecord]:
    """The records, of which none says any more that the model made its part."""
    lost = {"maker": "rules", "reason": DraftReason.UNSOUND, "detail": why[:400]}
    return [
        record.model_copy(update=lost) if record.maker == "model" else record for record in records
    ]


def maker_of(records: Iterable[MakerRecord]) -> str | None:
    """The model that made something of a part, or None where all of it is as it was drafted."""
    return next((record.model for record in records if record.maker == "model"), None)
