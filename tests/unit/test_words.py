import pytest

from agentscaler.corpus.english import gerund, listing, past, plural_noun, with_article
from agentscaler.words import plural, singular, snake, split_words


@pytest.mark.parametrize("spelling", ["orderId", "order_id", "OrderID", "order.id", "ORDER-ID"])
def test_one_name_has_one_form_whatever_its_spelling(spelling: str) -> None:
    assert split_words(spelling) == ["order", "id"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("DBInstanceIPv6Address", "db_instance_ipv6_address"),
        ("vpcIDs", "vpc_ids"),
        ("OAuth2Client", "oauth2_client"),
        ("", ""),
    ],
)
def test_snake_case_keeps_digits_with_their_word(name: str, made: str) -> None:
    assert snake(name) == made


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("policy", "policies"),
        ("cache", "caches"),
        ("drive", "drives"),
        ("index", "indexes"),
        ("person", "people"),
        ("alias", "aliases"),
        ("vpc", "vpcs"),
    ],
)
def test_singular_and_plural_undo_each_other(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one
    assert singular(one) == one


@pytest.mark.parametrize("word", ["status", "dns", "access", "analysis", "data", "kms"])
def test_words_that_only_look_plural_stay(word: str) -> None:
    assert singular(word) == word


def test_verbs_take_their_forms() -> None:
    assert [gerund(verb) for verb in ("delete", "stop", "cancel")] == [
        "deleting",
        "stopping",
        "cancelling",
    ]
    assert [past(verb) for verb in ("delete", "stop", "apply", "add")] == [
        "deleted",
        "stopped",
        "applied",
        "added",
    ]


def test_lists_and_articles_read_as_english() -> None:
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a"], "or") == "a"
    assert listing([]) == ""
    assert with_article("index") == "an index"
    assert with_article("user") == "a user"
    assert plural_noun("contact flow") == "contact flows"
