"""Examples that contradict themselves cannot be made."""

import pytest
from pydantic import ValidationError

from .dialogues import DIALOGUE, TOOLS, example


@pytest.mark.parametrize(
    ("mask", "fields", "complaint"),
    [
        ([True], {}, "one flag a message"),
        ([True] * len(DIALOGUE), {}, "messages of the agent only"),
        (None, {"fingerprints": ["0"]}, "needs its fingerprint"),
    ],
)
def test_an_example_that_contradicts_itself_is_refused(
    mask: list[bool] | None, fields: dict[str, list[str]], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        example(DIALOGUE, mask, TOOLS, **fields)
