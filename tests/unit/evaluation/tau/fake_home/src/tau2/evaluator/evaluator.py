from enum import Enum


class EvaluationType(str, Enum):  # noqa: UP042
    ALL = "all"
