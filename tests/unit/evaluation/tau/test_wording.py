import pytest

from agentscaler.evaluation.tau.bridge.wording import same_content, same_validation_error

NEWER = (
    "Error: 1 validation error for Payment\npayment_id\n  Field required [type=missing, "
    "input_value={'id': 'x'}, input_type=dict]\n    For further information visit "
    "https://errors.pydantic.dev/2.14/v/missing"
)
OLDER = NEWER.replace("/2.14/", "/2.11/").replace("input_value={'id': 'x'}", "input_value={...}")
FIRST = "Error: 1 validation error for Payment\npayment_id\n  field required (type=value_error)"


@pytest.mark.parametrize("other", [OLDER, FIRST])
def test_an_error_of_another_pydantic_version_says_the_same(other: str) -> None:
    assert same_validation_error(NEWER, other)
    assert not same_content(NEWER, other)


@pytest.mark.parametrize(
    "other",
    [
        NEWER.replace("payment_id", "amount"),
        NEWER.replace("Payment", "Passenger"),
        NEWER.replace("Error: 1", "Sorry: 1"),
        "Error: payment_id is missing",
        "",
        None,
    ],
)
def test_an_error_about_something_else_does_not(other: str | None) -> None:
    assert not same_validation_error(NEWER, other)


def test_results_are_equal_as_json_whatever_their_spaces() -> None:
    assert same_content('{"a": 1, "b": []}', '{"b":[],"a":1}')
    assert not same_content('{"a": 1}', '{"a": 2}')
    assert not same_content("done", "not done")
