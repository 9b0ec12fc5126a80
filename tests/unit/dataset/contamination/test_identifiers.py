"""What names one thing, and what is met by chance."""

import pytest

from agentscaler.dataset.contamination.identifiers import identifiers_of, is_identifier, tokens


@pytest.mark.parametrize(
    "token",
    [
        *("W4821390", "ana_berg_5172", "K7Q2MX", "9034417256", "555-014-2937", "card_48213907"),
        *("ana.berg5172@example.com", "ana@berglind.is", "7d5cc81a-22f0-4c3e-9b7a-1f0e8d6c5b4a"),
    ],
)
def test_ids_addresses_and_long_numbers_name_one_thing(token: str) -> None:
    assert is_identifier(token)


@pytest.mark.parametrize(
    "token",
    [
        *("user_1", "C1001", "order", "INV001", "srv-12345", "1234567", "4821000", "5555555"),
        *("2024-05-15", "20240515", "2024-05-15T10", "2019-2023", "3.14159265", "10GB", "100000ms"),
        *("sha256", "BASE64", "us-east-1", "windows-2019", "jane.doe@example.com", "m5.2xlarge"),
        *("12.05.2024", "a@b", "T2"),
    ],
)
def test_dates_amounts_sequences_and_words_do_not(token: str) -> None:
    assert not is_identifier(token)


def test_identifiers_are_found_in_texts_keys_and_numbers_at_any_depth() -> None:
    value = {"W4821390": [{"user": "Ask ana_berg_5172."}, 9034417256, True, None, 3.5]}
    assert identifiers_of(value) == {"W4821390", "ana_berg_5172", "9034417256"}


def test_marks_around_a_token_do_not_belong_to_it() -> None:
    assert {"W4821390", "ana@berglind.is"} <= tokens("Is it #W4821390? Write to <ana@berglind.is>.")


def test_nesting_without_end_is_no_recursion_without_end() -> None:
    value: object = "W4821390"
    for _ in range(5000):
        value = [value]
    assert identifiers_of(value) == set()
