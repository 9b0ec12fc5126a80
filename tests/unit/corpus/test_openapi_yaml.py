import pytest

from agentscaler.corpus.openapi_yaml import MAX_DEPTH, parse_yaml


def test_dates_clock_times_and_norwegians_stay_text() -> None:
    text = "day: 2020-01-31\nopens: 12:30\ncountry: NO\nanswer: yes\non: push\n"
    assert parse_yaml(text) == {
        "day": "2020-01-31",
        "opens": "12:30",
        "country": "NO",
        "answer": "yes",
        "on": "push",
    }


def test_numbers_truth_and_null_are_what_they_say() -> None:
    assert parse_yaml("[1, -2, 1.5, .5, 1e3, true, FALSE, ~, null, ]") == [
        *(1, -2, 1.5, 0.5, 1000.0, True, False, None, None)
    ]
    assert parse_yaml("['1', \"true\", 010]") == ["1", "true", 10]


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parse_yaml("200: {description: ok}\ntrue: 1\n~: 2") == {
        "200": {"description": "ok"},
        "true": 1,
        "~": 2,
    }


def test_aliases_share_and_merges_give_way_to_own_keys() -> None:
    text = "base: &b {a: 1, c: 2}\nuses:\n  a: 3\n  <<: *b\nlist: [*b, *b]\n"
    found = parse_yaml(text)
    assert found["uses"] == {"a": 3, "c": 2}
    assert found["list"] == [{"a": 1, "c": 2}] * 2


def test_of_several_merged_mappings_the_first_wins() -> None:
    text = "one: &one {a: 1}\ntwo: &two {a: 2, b: 2}\nboth: {<<: [*one, *two]}"
    assert parse_yaml(text)["both"] == {"a": 1, "b": 2}


@pytest.mark.parametrize("form", ["[*{0}, *{0}]", "{{x: *{0}, y: *{0}}}"])
def test_aliases_that_double_without_end_are_refused(form: str) -> None:
    lines = [f"k{n}: &a{n} " + form.format(f"a{n - 1}") for n in range(1, 40)]
    with pytest.raises(ValueError, match="expand it to over"):
        parse_yaml("\n".join(["k0: &a0 [1]", *lines]))


def test_merges_that_double_cost_nothing() -> None:
    lines = [f"k{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], z{n}: 1}}" for n in range(1, 15)]
    found = parse_yaml("\n".join(["k0: &a0 {p: 1}", *lines]))
    assert len(found["k14"]) == 15


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_deep_nesting_is_refused_and_kills_nothing(opening: str) -> None:
    with pytest.raises(ValueError, match=f"over {MAX_DEPTH} levels"):
        parse_yaml(opening * 100_000 + "x")


@pytest.mark.parametrize("text", ["&a [*a]", "a: *nothing", "a: b: c", "{[1]: 2}", '"\\ud800"'])
def test_what_is_no_yaml_or_holds_itself_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_yaml(text)


def test_only_the_first_document_is_read() -> None:
    assert parse_yaml("a: 1\n---\nb: 2\n") == {"a": 1}
