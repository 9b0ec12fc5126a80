"""What the paper published: rows to lay beside an evaluation's own.

Source: "Towards General Agentic Intelligence via Environment Scaling" (arXiv 2509.13311v1), tables
1 and 2; per cent.  The rows are those of its models and of the
models that they were made from, as far as they are known here; other rows of table 1 are not.
"""

from dataclasses import dataclass

__all__ = ["PUBLISHED", "SOURCE", "PublishedRow", "published_for"]

SOURCE = "arXiv 2509.13311v1, tables 1 and 2"


@dataclass(frozen=True)
class PublishedRow:
    """Figures of one model on one suite.

    Attributes:
        parts: per cent by part of the suite: of tau-bench and tau2-bench pass^1 by domain, of
            ACEBench accuracy by language and category.
    """

    model: str
    suite: str
    parts: dict[str, float]


_TAU = ("retail", "airline")
_TAU2 = ("retail", "airline", "telecom")
_ACE = ("normal", "special", "agent", "overall")


def _tau(model: str, first: tuple[float, ...], second: tuple[float, ...]) -> list[PublishedRow]:
    return [
        PublishedRow(model, "tau-bench", dict(zip(_TAU, first, strict=True))),
        PublishedRow(model, "tau2", dict(zip(_TAU2, second, strict=True))),
    ]


def _ace(model: str, english: dict[str, float], chinese: tuple[float, ...]) -> PublishedRow:
    parts = {f"en {name}": value for name, value in english.items()}
    parts |= {f"zh {name}": value for name, value in zip(_ACE, chinese, strict=True)}
    return PublishedRow(model, "acebench", parts)


PUBLISHED: tuple[PublishedRow, ...] = (
    *_tau("AgentScaler-4B", (64.3, 54.0), (62.3, 56.0, 48.2)),
    *_tau("AgentScaler-8B", (50.4, 42.0), (58.8, 44.0, 45.4)),
    *_tau("AgentScaler-30B-A3B", (70.4, 54.0), (70.2, 60.0, 55.3)),
    *_tau("Qwen3-Thinking-4B", (59.1, 52.5), (56.1, 52.0, 28.7)),
    *_tau("Qwen3-8B", (45.2, 25.0), (41.2, 30.5, 23.5)),
    *_tau("Qwen3-Thinking-30B-A3B", (67.8, 48.0), (58.8, 58.0, 26.3)),
    _ace("AgentScaler-4B", {"special": 76.7, "overall": 65.9}, (70.8, 70.0, 38.4, 65.6)),
    _ace("AgentScaler-8B", {"overall": 67.4}, (75.2, 79.3, 58.4, 73.7)),
    _ace(
        "AgentScaler-30B-A3B",
        {"normal": 76.7, "special": 82.7, "agent": 60.0, "overall": 75.7},
        (85.3, 83.3, 64.1, 81.5),
    ),
    _ace("Qwen3-Thinking-4B", {"special": 84.7, "overall": 49.5}, (34.7, 85.3, 6.7, 43.9)),
    _ace("Qwen3-8B", {"overall": 65.9}, (80.3, 72.7, 35.0, 71.3)),
    _ace("Qwen3-Thinking-30B-A3B", {"special": 86.7, "overall": 67.2}, (73.4, 86.7, 55.8, 74.2)),
)


def published_for(suite: str) -> list[PublishedRow]:
    """The rows on a suite; none where the paper has none, as on our own worlds."""
    return [row for row in PUBLISHED if row.suite == suite]
