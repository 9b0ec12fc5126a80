"""The official scorer of normal and special items, defects and all.

It is written anew from what the official code does; every habit that decides a verdict is named
where it stands.  Where the official code breaks down with an exception, the verdict is `wrong` with
the reason "scorer_error": it has no score for such an answer, and stops.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from agentscaler.evaluation.acebench.calls import Call, NotCallsError, read_official_calls
from agentscaler.evaluation.acebench.items import AceItem
from agentscaler.evaluation.acebench.verdict import RIGHT, Verdict, shown, wrong

__all__ = ["SCORER_ERROR", "judge_calls", "judge_statement", "standardized"]

SCORER_ERROR = "scorer_error"
_BREAKDOWNS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
_DROPPED = re.compile(r"[ \,\.\/\-\_\*\^]")
_COUNTER_AT_END = re.compile(r"_\d+$")
_TYPES: dict[str, type] = {
    **dict.fromkeys(("string", "any"), str),
    **dict.fromkeys(("integer", "int", "number"), int),
    "float": float,
    "boolean": bool,
    "enum": enumerate,  # no value is of this type, so that an enum is never compared
    **dict.fromkeys(("array", "tuple", "objectArray", "list"), list),
    **dict.fromkeys(("list(string)", "list(enum)"), list),
    **dict.fromkeys(("dict", "object"), dict),
}
_NESTED = {"array", "tuple", "list(string)", "list(enum)", "object", "objectArray"}


def standardized(text: str) -> str:
    """A text as the official scorer compares texts: no blanks, no `,./-_*^`, small letters."""
    return _DROPPED.sub("", text).lower().replace("'", '"')


def judge_calls(item: AceItem, answer: Any) -> Verdict:
    """The verdict on the text of a normal item: right where any of the alternatives is."""
    try:
        calls = read_official_calls(answer)
    except NotCallsError as error:
        return wrong("wrong_output_format", str(error))
    alternatives = item.truth if isinstance(item.truth, list) else [item.truth]
    first: Verdict | None = None
    try:
        for truth in alternatives:
            verdict = _against(item.functions, calls, truth)
            if verdict.right:
                return verdict
            first = first or verdict
    except _BREAKDOWNS as error:
        return wrong(SCORER_ERROR, f"{type(error).__name__}: {error}")
    return first or wrong(SCORER_ERROR, "there is no right answer")


def judge_statement(item: AceItem, answer: Any) -> Verdict:
    """The verdict on the text of a special item: phrases and names must stand in it, anywhere."""
    try:
        if item.category == "special_irrelevant":
            found = "the limitations of the function" in answer
            return RIGHT if found else wrong("error_detection")
        verdict = RIGHT
        for name, values in item.truth.items():
            if item.category == "special_incomplete":
                here = _incomplete(answer, name, values)
            else:
                here = _incorrect(answer, values)
            verdict = verdict if here.right else here
        return verdict
    except TypeError as error:
        return wrong(SCORER_ERROR, str(error))


def _incomplete(answer: Any, name: str, values: Sequence[str]) -> Verdict:
    if "Missing necessary parameters" not in answer:
        return wrong("error_detection")
    if name not in answer:
        return wrong("error_correction", f"{name} is not named")
    return _all_named(answer, values)


def _incorrect(answer: Any, values: Sequence[str]) -> Verdict:
    """The parameter's name is not asked for, only the wrong values."""
    if "There is incorrect value" not in answer:
        return wrong("error_detection")
    return _all_named(answer, values)


def _all_named(answer: Any, values: Sequence[str]) -> Verdict:
    """Values count with the blanks that the data have around them."""
    missing = [value for value in values if value not in answer]
    return wrong("error_correction", f"{missing} are not named") if missing else RIGHT


def _against(functions: Sequence[dict[str, Any]], calls: list[Call], truth: Any) -> Verdict:
    if len(calls) != len(truth):
        return wrong("wrong functions number", f"{len(calls)} calls for {len(truth)}")
    # `f_1` in the truth is the first call of f; a function whose own name ends so loses it too.
    wanted = [(_COUNTER_AT_END.sub("", key), key, value) for key, value in truth.items()]
    made = Counter(call.name for call in calls)
    asked = Counter(name for name, _, _ in wanted)
    for name in [*made, *asked]:
        if made[name] != asked[name]:
            return wrong("function_mismatch", f"{name}: {made[name]} calls, not {asked[name]}")
    verdict = RIGHT
    for name, key, arguments in wanted:
        description = _description(functions, key)
        for call in calls:  # one call may stand for several wanted ones
            if call.name == name:
                verdict = _same_call(description, call, name, arguments)
                if verdict.right:
                    break
            else:
                verdict = wrong("simple_function_checker:unclear", "another function is called")
        if not verdict.right:
            return verdict
    return verdict


def _description(functions: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
    """The first function whose name is part of the key, which may be the name of another."""
    for one in functions:
        if one["name"] in key:
            return one
    raise TypeError("no function has the name")


def _same_call(
    description: Mapping[str, Any], call: Call, name: str, truth: Mapping[str, Any]
) -> Verdict:
    parameters = description["parameters"]
    if call.arguments == {} and parameters == {}:
        return RIGHT
    if call.arguments == {} or parameters == {}:
        return wrong("wrong_param", f"{name} is called without arguments")
    if truth == parameters["properties"]:
        return RIGHT
    if truth == {}:
        return wrong("wrong_param", f"{name} is called with arguments")
    if description["name"] != call.name:
        return wrong("wrong_function_name", f"{call.name}, not {description['name']}")
    for parameter in parameters["required"]:
        if parameter not in call.arguments:
            return wrong("lack_args", f"{parameter} is missing")
    for parameter, value in call.arguments.items():
        if parameter not in parameters["properties"] or parameter not in truth:
            return wrong("addition_args", f"{parameter} is not wanted")
        verdict = _same_value(value, truth[parameter], parameters["properties"][parameter])
        if not verdict.right:
            return wrong(verdict.reason, f"{name}, {parameter}: {verdict.detail}")
    return RIGHT


def _same_value(value: Any, truth: Any, schema: Mapping[str, Any]) -> Verdict:
    kind = schema["type"]
    expected = _TYPES[kind]
    nested = _nested_type(kind, schema) if kind in _NESTED else None
    if kind == "tuple" and type(value) is tuple:
        value = list(value)
    if kind == "float" and type(value) is int:
        value = float(value)
    fits, unlike = _fits(value, truth, expected, nested)
    if not fits:
        return wrong("type_error", f"{shown(value)} is {type(value).__name__}")
    if unlike:  # the truth is of another type than the schema says: nothing is compared
        return RIGHT
    if expected is dict:
        return _same_dict(value, truth)
    if expected is list and nested is dict:
        return _same_object_list(value, truth, kind)
    if expected is str:
        found = standardized(truth) in standardized(value)
        return (
            RIGHT if found else wrong("value_error:string", f"{shown(value)}, not {shown(truth)}")
        )
    if expected is list:
        same = [_plain(one) for one in value] == [_plain(one) for one in truth]
        return (
            RIGHT
            if same
            else wrong("value_error:list/tuple", f"{shown(value)}, not {shown(truth)}")
        )
    return RIGHT  # numbers and truth values are not compared at all


def _nested_type(kind: str, schema: Mapping[str, Any]) -> type:
    try:
        name = schema["items"]["type"]
    except (KeyError, TypeError):
        name = "string" if "string" in kind else "enum" if "enum" in kind else "dict"
    return _TYPES[name]


def _fits(value: Any, truth: Any, expected: type, nested: type | None) -> tuple[bool, bool]:
    """Whether the type fits, and whether the truth's own type is unlike the expected one."""
    known = type(truth) if truth != "" else None
    unlike = known is not None and known is not expected
    value = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    failed = False
    if type(value) is expected:
        if nested is None or any(_all_fit(value, one, nested) for one in truth):
            return True, unlike
        failed = True
    if known is not None and (type(value) is known or truth == value):
        return not failed, True
    return False, unlike


def _all_fit(value: Any, truth: Any, nested: type) -> bool:
    """Elements are looked at only where the truth is a list of lists."""
    return type(truth) is not list or all(_fits(one, truth, nested, None)[0] for one in value)


def _same_dict(value: Any, truth: Any) -> Verdict:
    """Values are compared as texts: the right one must be part of the given one."""
    differs = wrong("value_error", f"{shown(value)}, not {shown(truth)}")
    if not isinstance(value, dict) or len(value) != len(truth.keys()):
        return differs
    for key, given in value.items():
        if key not in truth:
            return differs
        if given == "true" or given == "false":
            given = given == "true"
        right = truth[key]
        if isinstance(right, dict):
            verdict = _same_dict(given, right)
            if not verdict.right:
                return verdict
        elif str(_plain(right)) not in str(_plain(given)):
            return differs
    return RIGHT


def _same_object_list(value: Any, truth: Any, kind: str) -> Verdict:
    if kind == "objectArray":
        if len(value) != len(truth):
            return wrong("value_error:dict_items")
        if len(value):
            raise TypeError("the official check of object arrays lacks an argument")
    if len(value) != len(truth):
        return wrong("value_error:list_dict_count", f"{shown(value)}, not {shown(truth)}")
    for given, right in zip(value, truth, strict=True):
        verdict = _same_dict(given, right)
        if not verdict.right:
            return verdict
    return RIGHT


def _plain(value: Any) -> Any:
    return standardized(value) if type(value) is str else value
