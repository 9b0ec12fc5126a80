import pytest

from agentscaler.corpus.text import clean_text


def test_markup_and_entities_become_plain_text() -> None:
    html = '<p>Starts a <a href="x">job</a>.</p><note><p>Costs &lt;1 &amp; more.</p></note>'
    assert clean_text(html, 400) == "Starts a job. Costs <1 & more."


def test_placeholders_in_angle_brackets_are_kept() -> None:
    assert clean_text("Named projects/<projectId>.", 400) == "Named projects/<projectId>."


def test_markdown_links_keep_their_text() -> None:
    text = "See [the guide](https://example.org/a_(b)) and [names][1]."
    assert clean_text(text, 400) == "See the guide and names."


def test_a_long_text_ends_with_its_last_whole_sentence() -> None:
    assert clean_text("One two three. Four five six. Seven.", 31) == "One two three. Four five six."


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    text = "Takes many values, e.g. numbers and letters and signs"
    assert clean_text(text, 30) == "Takes many values, e.g...."


@pytest.mark.parametrize("limit", [10, 17, 40, 120])
def test_no_text_is_longer_than_its_limit(limit: int) -> None:
    text = "A sentence without any stop that goes on and on " * 9
    assert 0 < len(clean_text(text, limit)) <= limit


def test_lone_surrogates_are_dropped() -> None:
    assert clean_text("a\ud800b", 10) == "ab"
