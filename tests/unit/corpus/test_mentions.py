"""Whether a sentence speaks of a parameter."""

import pytest

from agentscaler.corpus.mentions import content_words, field_names, mentions, schema_texts


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("Needs analyzerArn.", "analyzerArn", ""),
        ("Needs the ARN of the analyzer.", "analyzerArn", ""),
        ("Needs the time of creation.", "createTime", ""),
        ("Needs the customer ID.", "customerid", ""),
        ("Needs the language.", "lang", ""),
        ("Needs the shops.", "shop_id", ""),
        ("Needs an ID.", "id", ""),
        ("Needs the search terms.", "q", "Terms to search for."),
        ("Needs the full name.", "name", ""),
        ("Needs q.", "q", ""),
    ],
)
def test_a_thing_is_spoken_of_by_name_or_in_words(text: str, name: str, hint: str) -> None:
    assert mentions(text, name, hint)


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("Needs nothing.", "analyzerArn", ""),
        ("Needs the ARN of the rule.", "analyzerArn", "The analyzer."),
        ("Needs an order.", "id", "The ID of the invoice."),
        ("Needs the question.", "q", "Terms to search for."),
        ("Needs the result.", "createTime", ""),
    ],
)
def test_another_thing_is_not(text: str, name: str, hint: str) -> None:
    assert not mentions(text, name, hint)


def test_words_without_meaning_are_left_out() -> None:
    assert content_words("The IDs of all those orders, or none of them") == {"id", "order"}


def test_names_and_texts_are_found_at_any_depth() -> None:
    schema = {
        "type": "object",
        "properties": {
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"state": {"type": "string", "enum": ["OPEN"]}},
                },
            },
            "labels": {
                "type": "object",
                "additionalProperties": {"type": "object", "properties": {"hue": {}}},
            },
        },
    }
    assert list(field_names(schema)) == ["rows", "labels", "state", "hue"]
    assert {"rows", "state", "OPEN", "labels", "hue"} <= set(schema_texts(schema))
    assert list(field_names(None)) == list(schema_texts(None)) == []
