"""Names and parameters of tools, however they are spelled."""

import pytest

from agentscaler.dataset.contamination.parameters import jaccard, name_key, parameter_types


@pytest.mark.parametrize(
    "other", ["getParcelDetails", "GetParcelDetail", "parcel_details_get", "parcel.get-details"]
)
def test_case_separators_order_and_number_do_not_tell_names_apart(other: str) -> None:
    assert name_key(other) == name_key("get_parcel_details")


def test_other_words_do(  # a verb less, a noun more
) -> None:
    assert len({name_key(name) for name in ("get_parcel", "parcel", "get_parcel_route")}) == 3


def test_parameters_are_named_and_typed_alike_in_every_spelling() -> None:
    theirs = {
        "type": "dict",
        "properties": {
            "parcelId": {"type": "str"},
            "weight": {"type": "float"},
            "tags": {"type": "tuple"},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "size": {"enum": ["small", "large"]},
            "odd": {"type": ["null", "integer"]},
        },
    }
    ours = {
        "type": "object",
        "properties": {
            "parcel_id": {"type": "string"},
            "weight": {"type": "number"},
            "tags": {"type": "array"},
            "note": {"type": "string"},
            "size": {"type": "string"},
            "odd": {"type": "integer"},
        },
    }
    assert parameter_types(theirs) == parameter_types(ours)


@pytest.mark.parametrize("schema", [None, [], {}, {"properties": []}, "text"])
def test_what_is_no_schema_has_no_parameters(schema: object) -> None:
    assert parameter_types(schema) == frozenset()


def test_the_share_in_common_is_of_what_either_has() -> None:
    assert jaccard(frozenset("abc"), frozenset("bcd")) == 0.5
    assert jaccard(frozenset(), frozenset()) == 1
    assert jaccard(frozenset("a"), frozenset()) == 0
