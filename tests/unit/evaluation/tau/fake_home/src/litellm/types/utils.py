"""`ModelResponse`: a dictionary whose entries are attributes too, and stay what they were."""

from typing import Any


class _Node(dict[str, Any]):
    def __getattr__(self, name: str) -> Any:
        try:
            value = self[name]
        except KeyError:
            raise AttributeError(name) from None
        if isinstance(value, dict):
            return _Node(value)
        if isinstance(value, list):
            return [_Node(one) if isinstance(one, dict) else one for one in value]
        return value

    def model_dump(self) -> dict[str, Any]:
        return dict(self)


class ModelResponse(_Node):
    def __init__(self, **content: Any) -> None:
        super().__init__(content)
        self.__dict__["_hidden_params"] = {}

    def to_dict(self) -> dict[str, Any]:
        return dict(self)
