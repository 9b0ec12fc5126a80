import json
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agentscaler.evaluation.tau.json_spans import elements_of, fields_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@example(array=["}", "a b,]"], indent=None)
@given(array=st.lists(VALUES, max_size=5), indent=st.sampled_from([None, 2]))
@settings(max_examples=150, deadline=None)
def test_the_elements_of_an_array_are_found_whatever_they_hold(
    tmp_path_factory, array, indent
) -> None:
    file = tmp_path_factory.mktemp("spans") / "file.json"
    file.write_text(json.dumps(array, indent=indent, ensure_ascii=False))
    spans = elements_of(file)
    assert spans is not None
    assert [json.loads(span.read()) for span in spans] == array


@given(record=st.dictionaries(st.from_regex(r"[a-z]{1,4}", fullmatch=True), VALUES, max_size=5))
@settings(max_examples=150, deadline=None)
def test_the_fields_of_an_object_are_found_whatever_they_hold(tmp_path_factory, record) -> None:
    file = tmp_path_factory.mktemp("spans") / "file.json"
    file.write_text(json.dumps(record))
    assert {name: json.loads(span.read()) for name, span in fields_of(file).items()} == record


def test_a_file_that_is_cut_off_gives_what_is_whole_and_says_what_is_not(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text('{"simulations": [{"a": [1, {}]}, {"b": "}]"}, {"c": [1, ')
    spans = fields_of(file)["simulations"].elements
    assert [span.whole for span in spans] == [True, True, False]
    assert [json.loads(span.read()) for span in spans[:2]] == [{"a": [1, {}]}, {"b": "}]"}]


def test_an_object_is_no_array_and_an_array_no_object(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text("[1]")
    assert fields_of(file) == {}
    file.write_text("{}")
    assert elements_of(file) is None
