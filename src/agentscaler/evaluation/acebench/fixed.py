"""Scoring normal and special items without the official scorer's defects.

What the authors mean is kept: a text may say more than the right one where it stands for an
argument, small differences of punctuation and case do not count, lists keep their order.  What
cannot be meant is mended:

- white space is taken out of both sides, not of the answer alone;
- numbers and truth values are compared, wherever they stand, and as values, not as texts;
- an argument that the right call has must be there, and one that is an empty list or object may be;
- a call without arguments is right where the right call has none;
- a function is found by its whole name, and each given call stands for one right call;
- a missing parameter's name must stand as a word of its own; an answer that makes several
  statements at once is wrong.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from agentscaler.evaluation.acebench.calls import Call, NotCallsError, read_calls
from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.verdict import RIGHT, Verdict, shown, wrong

__all__ = ["judge_calls", "judge_statement", "same_text", "texts_equal"]

_DROPPED = re.compile(r"[\s,./\-_*^]")
_COUNTER_AT_END = re.compile(r"_\d+$")
_NUMERIC = {"integer", "int", "number", "float"}
_TEXTUAL = {"string", "enum", "any"}
_STATEMENTS = {
    "special_incomplete": "missing necessary parameters",
    "special_error_param": "there is incorrect value",
    "special_irrelevant": "the limitations of the function",
}
_MOST_CALLS = 200


def _normal(text: str) -> str:
    return _DROPPED.sub("", text).casefold().replace("'", '"')


def texts_equal(given: str, right: str) -> bool:
    """Whether two texts are the same but for white space, case, quotes and `,./-_*^`."""
    one, other = _normal(given), _normal(right)
    return one == other if other else given.strip() == right.strip()


def same_text(given: str, right: str) -> bool:
    """Whether a text holds the right one, as `texts_equal` compares; an empty one is empty."""
    other = _normal(right)
    return other in _normal(given) if other else given.strip() == right.strip()


def judge_calls(item: AceItem, answer: Any) -> Verdict:
    """The verdict on the text of a normal item: right where any of the alternatives is."""
    if not isinstance(answer, str):
        return wrong("wrong_output_format", "the answer is not a text")
    try:
        calls = read_calls(answer)
    except NotCallsError as error:
        return wrong("wrong_output_format", str(error))
    if len(calls) > _MOST_CALLS:
        return wrong("wrong_number_of_calls", f"{len(calls)} calls")
    alternatives = item.truth if isinstance(item.truth, list) else [item.truth]
    verdicts = [_against(item.functions, calls, truth) for truth in alternatives]
    return next((one for one in verdicts if one.right), verdicts[0])


def judge_statement(item: AceItem, answer: Any) -> Verdict:
    """The verdict on the text of a special item."""
    if not isinstance(answer, str):
        return wrong("wrong_output_format", "the answer is not a text")
    words = " ".join(answer.casefold().split())
    made = [category for category, phrase in _STATEMENTS.items() if phrase in words]
    if item.category not in made:
        return wrong("error_detection", "the statement that is due is not made")
    if len(made) > 1:
        return wrong("several_statements", f"it makes {len(made)} statements at once")
    missing = [name for name in _to_be_named(item) if not _is_named(name, answer)]
    return wrong("error_correction", f"{missing} are not named") if missing else RIGHT


def _to_be_named(item: AceItem) -> Iterator[str]:
    if item.category == "special_irrelevant":
        return
    for name, values in item.truth.items():
        if item.category == "special_incomplete":
            yield name
        yield from (value.strip() for value in values)


def _is_named(name: str, answer: str) -> bool:
    """Whether a name stands in an answer as a word of its own."""
    pattern = rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])"
    if not re.match(r"[A-Za-z0-9_]", name):
        pattern = pattern.removeprefix("(?<![A-Za-z0-9_])")
    if not re.search(r"[A-Za-z0-9_]$", name):
        pattern = pattern.removesuffix("(?![A-Za-z0-9_])")
    return re.search(pattern, answer) is not None


def _against(
    functions: Sequence[Mapping[str, Any]], calls: list[Call], truth: Mapping[str, Any]
) -> Verdict:
    names = {one["name"] for one in functions}
    wanted = [(_named(key, names), arguments) for key, arguments in truth.items()]
    if len(calls) != len(wanted):
        return wrong("wrong_number_of_calls", f"{len(calls)} calls for {len(wanted)}")
    made, asked = Counter(one.name for one in calls), Counter(name for name, _ in wanted)
    for name in [*made, *asked]:
        if made[name] != asked[name]:
            return wrong("wrong_function", f"{name}: {made[name]} calls, not {asked[name]}")
    schemas = {one["name"]: _properties(one) for one in functions}
    verdicts = [
        [_same_call(call, name, arguments, schemas.get(name, {})) for call in calls]
        for name, arguments in wanted
    ]
    return _matched(verdicts)


def _matched(verdicts: list[list[Verdict]]) -> Verdict:
    """Right where the wanted calls can be given a fitting call each, none of them twice."""
    if not verdicts:
        return RIGHT
    right = np.array([[one.right for one in row] for row in verdicts])
    rows, columns = linear_sum_assignment(~right)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if not right[row, column]:
            faults: list[Verdict] = [one for one in verdicts[row] if not one.right]
            return min(faults, key=lambda one: one.reason == "other_name")
    return RIGHT


def _named(key: str, names: set[str]) -> str:
    """The function that a key of the truth means: `f_2` is the second call of f, unless f_2 is."""
    short = _COUNTER_AT_END.sub("", key)
    return short if key not in names and short in names else key


def _properties(function: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("parameters", "arguments"):
        part = function.get(key)
        if isinstance(part, dict) and isinstance(part.get("properties"), dict):
            return dict(part["properties"])
    return {}


def _same_call(
    call: Call, name: str, truth: Mapping[str, Any], schema: Mapping[str, Any]
) -> Verdict:
    if call.name != name:
        return wrong("other_name", f"{call.name} is not {name}")
    if call.nameless:
        return wrong("nameless_argument", f"{name} is given an argument without its name")
    for parameter, value in call.arguments.items():
        if parameter not in truth:
            return wrong("extra_argument", f"{name} does not want {parameter}")
        verdict = _same(value, truth[parameter], schema.get(parameter))
        if not verdict.right:
            return wrong(verdict.reason, f"{name}, {parameter}: {verdict.detail}")
    for parameter, right in truth.items():
        if parameter not in call.arguments and not (right in ("", [], {}) or right is None):
            return wrong("missing_argument", f"{name} lacks {parameter}")
    return RIGHT


def _same(value: Any, right: Any, schema: Any) -> Verdict:
    """Whether a value is the right one; where their types differ, the schema's type decides."""
    if isinstance(right, bool) or isinstance(value, bool):
        return _same_truth(value, right)
    if isinstance(right, int | float):
        return _same_number(value, right, schema)
    if isinstance(right, str):
        return _same_string(value, right, schema)
    if isinstance(right, dict):
        return _same_object(value, right, schema)
    if isinstance(right, list):
        return _same_list(value, right, schema)
    return RIGHT if value is right else _differs(value, right)


def _same_truth(value: Any, right: Any) -> Verdict:
    words = {"true": True, "false": False}
    one, other = (words.get(x.casefold(), x) if isinstance(x, str) else x for x in (value, right))
    if isinstance(one, bool) and isinstance(other, bool):
        return RIGHT if one == other else _differs(value, right)
    return _unlike(value, right)


def _same_number(value: Any, right: int | float, schema: Any) -> Verdict:
    if isinstance(value, str) and _type_of(schema) in _TEXTUAL:
        return RIGHT if _normal(value) == _normal(str(right)) else _differs(value, right)
    if not isinstance(value, int | float):
        return _unlike(value, right)
    return RIGHT if value == right else _differs(value, right)


def _same_string(value: Any, right: str, schema: Any) -> Verdict:
    if isinstance(value, int | float) and _type_of(schema) in _NUMERIC:
        return RIGHT if _normal(str(value)) == _normal(right) else _differs(value, right)
    if not isinstance(value, str):
        return _unlike(value, right)
    return RIGHT if same_text(value, right) else _differs(value, right)


def _same_object(value: Any, right: dict[str, Any], schema: Any) -> Verdict:
    if not isinstance(value, dict):
        return _unlike(value, right)
    if value.keys() != right.keys():
        return wrong("wrong_keys", f"{sorted(map(str, value))}, not {sorted(right)}")
    inner = schema.get("properties") if isinstance(schema, dict) else None
    for key, one in right.items():
        verdict = _same(value[key], one, inner.get(key) if isinstance(inner, dict) else None)
        if not verdict.right:
            return verdict
    return RIGHT


def _same_list(value: Any, right: list[Any], schema: Any) -> Verdict:
    if not isinstance(value, list | tuple):
        return _unlike(value, right)
    if len(value) != len(right):
        return wrong("wrong_length", f"{len(value)} elements, not {len(right)}")
    inner = schema.get("items") if isinstance(schema, dict) else None
    for given, one in zip(value, right, strict=True):
        if isinstance(given, str) and isinstance(one, str):
            verdict = RIGHT if texts_equal(given, one) else _differs(given, one)
        else:
            verdict = _same(given, one, inner)
        if not verdict.right:
            return verdict
    return RIGHT


def _type_of(schema: Any) -> str:
    kind = schema.get("type") if isinstance(schema, dict) else None
    return kind if isinstance(kind, str) else ""


def _differs(value: Any, right: Any) -> Verdict:
    return wrong("wrong_value", f"{shown(value)}, not {shown(right)}")


def _unlike(value: Any, right: Any) -> Verdict:
    return wrong(
        "wrong_type", f"{shown(value)} is {type(value).__name__}, not {type(right).__name__}"
    )
