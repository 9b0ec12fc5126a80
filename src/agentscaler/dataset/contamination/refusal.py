"""Which overlaps are too many: what `--fail-on` and `dataset.contamination.fail_on` say."""

from collections.abc import Iterable, Sequence

from agentscaler.dataset.contamination.overlap import Overlap, OverlapKind

__all__ = ["parse_limits", "refused"]


def parse_limits(limits: Iterable[str]) -> dict[OverlapKind, float]:
    """The least score that is refused, by kind: "names:0.5" and the like; without one, any.

    Raises:
        ValueError: a kind is unknown, or a threshold is no number from 0 to 1.
    """
    parsed = {}
    for limit in limits:
        name, _, threshold = limit.strip().partition(":")
        if name not in list(OverlapKind):
            raise ValueError(f"there is no kind {name!r}; kinds are {', '.join(OverlapKind)}")
        try:
            score = float(threshold or 0)
        except ValueError:
            score = -1.0
        if not 0 <= score <= 1:
            raise ValueError(f"the threshold of {limit!r} is no number from 0 to 1")
        parsed[OverlapKind(name)] = score
    return parsed


def refused(overlaps: Iterable[Overlap], limits: Sequence[str]) -> list[Overlap]:
    """The overlaps that the limits do not allow.

    A name whose parameters are not known on both sides has no score; only a limit without a
    threshold refuses it.
    """
    least = parse_limits(limits)
    return [
        one
        for one in overlaps
        if one.kind in least and (least[one.kind] == 0 or (one.score or 0.0) >= least[one.kind])
    ]
