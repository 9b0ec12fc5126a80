"""The page on one example: whole, harmless, and in need of nothing else."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

pytest.importorskip("jinja2")

from agentscaler.interfaces.cli.inspect_page import mask_page
from agentscaler.training import ByteTokenizer, Rendered, load_template, render
from tests.unit.dataset.dialogues import PLAIN, example


def rendered() -> Rendered:
    template = load_template("hermes")
    assert template.family is not None
    return render(PLAIN, template, ByteTokenizer(template.family.controls))


def page() -> str:
    return mask_page(PLAIN, rendered(), "hermes", "bytes")


def test_the_rendering_is_on_the_page_whole_and_in_order() -> None:
    texts = re.findall(r"<pre>\n(.*?)</pre>", page(), re.DOTALL)
    assert unescape("".join(texts)) == rendered().text


def test_every_token_stands_beside_it_with_its_id_and_its_flag() -> None:
    tokens = re.findall(r'<i( class="l")? title="(\d+)">', page())
    assert [int(number) for _, number in tokens] == list(rendered().ids)
    assert [bool(mark) for mark, _ in tokens] == list(rendered().mask)


def test_rows_say_which_message_and_how_much_of_it_is_learned() -> None:
    kinds = re.findall(r'<tr class="(\w+)">', page())
    assert kinds == ["context", "unlearned", "context", "learned", "context", "learned", "context"]
    assert f"{rendered().learned:,} of them learned" in page()
    assert "message 3<br>not learned<br>0 of" in page()


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    class Tags(HTMLParser):
        found: set[str] = set()  # noqa: RUF012 - one parser, one test

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.add(tag)
            assert not {"src", "href", "onclick", "onload"} & {name for name, _ in attrs}

    tags = Tags()
    tags.feed(page())
    assert not {"script", "link", "img", "iframe", "object"} & tags.found
    assert "url(" not in page()
    assert "@import" not in page()


def test_markup_in_a_dialogue_is_shown_and_not_run() -> None:
    template = load_template("hermes")
    assert template.family is not None
    said = "<script>alert(1)</script>"
    one = example(
        [{"role": "user", "content": said}, {"role": "assistant", "content": said}], id=said
    )
    made = render(one, template, ByteTokenizer(template.family.controls))
    assert "<script" not in mask_page(one, made, said, "bytes")
