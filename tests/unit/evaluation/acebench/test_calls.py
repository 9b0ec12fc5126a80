import time
from pathlib import Path

import pytest

from agentscaler.evaluation.acebench.calls import (
    Call,
    NotCallsError,
    read_calls,
    read_official_calls,
)


def test_calls_are_read_with_values_of_all_kinds() -> None:
    text = "[a.find(x='two words', y=[1, -2.5, None], z={'k': (True,)}), go()]"
    arguments = {"x": "two words", "y": [1, -2.5, None], "z": {"k": (True,)}}
    assert read_calls(text) == [Call("a.find", arguments), Call("go", {})]


def test_the_official_reading_takes_white_space_out_of_texts() -> None:
    (call,) = read_official_calls("[find(x='two\u3000 words')]")
    assert call.arguments == {"x": "twowords"}


@pytest.mark.parametrize(
    ("value", "official", "ours"),
    [
        ("+5", -5, 5),
        ("~5", -5, -6),
        ("true", "true", True),
        ("null", "null", None),
        ("word", "word", "word"),
        ("1 + 2 * 3", 7, 7),
        ("'a' + 'b'", "ab", "ab"),
        ("2**10", 1024, 1024),
        ("...", "...", "..."),
        ("a[1]", "a[1]", "a[1]"),
        ("g(y=1)", {"g": {"y": 1}}, {"g": {"y": 1}}),
    ],
)
def test_both_readings_of_a_value(value: str, official: object, ours: object) -> None:
    text = f"[f(x={value})]"
    assert read_official_calls(text)[0].arguments == {"x": official}
    assert read_calls(text)[0].arguments == {"x": ours}


def test_our_reading_knows_how_many_arguments_had_no_name() -> None:
    assert read_calls("[f(1, 2, x=3)]") == [Call("f", {"x": 3}, nameless=2)]


def test_a_text_that_only_parses_without_its_line_ends_is_read_so() -> None:
    assert read_calls("[f(x='a\nb')]")[0].arguments == {"x": "ab"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "f(x=1)",
        "[1]",
        "['f(x=1)']",
        "[f(x=1]",
        "[f(x=-'a')]",
        "[f(x=-y)]",
        "[f(x=lambda: 1)]",
        "[f(x=y + 1)]",
        "[f(x=open('/etc/passwd') + '')]",
        "[f(x={**a})]",
        "[f(x={[1]: 2})]",
        "[f(x=f'{1}')]",
        "[f(x=1 / 0)]",
        "\0",
    ],
)
def test_what_is_no_list_of_calls_is_refused_by_both(text: str) -> None:
    for read in (read_calls, read_official_calls):
        with pytest.raises(NotCallsError):
            read(text)


@pytest.mark.parametrize(
    "value",
    [
        "9**9**9",
        "9**999999",
        "'x' * 10**9",
        "[0] * 10**9",
        "1 << 10**9",
        "'%999999999d' % 1",
        "(" * 10_000,
        "-" * 50_000 + "1",
        "1" + "+1" * 60_000,
        "[" * 150 + "]" * 150,
    ],
)
def test_no_value_takes_long_or_breaks_the_process(value: str) -> None:
    started = time.process_time()
    for read in (read_calls, read_official_calls):
        try:
            read(f"[f(x={value})]")
        except NotCallsError:
            continue
    assert time.process_time() - started < 5


def test_nothing_of_a_text_is_run(tmp_path: Path) -> None:
    file = tmp_path / "made"
    hostile = f"__import__('pathlib').Path({str(file)!r}).touch()"
    for value in (hostile, f"{hostile} + 1", f"1 + {hostile}", f"a[{hostile}]"):
        for read in (read_calls, read_official_calls):
            try:
                read(f"[f(x={value})]")
            except NotCallsError:
                continue
    assert not file.exists()
