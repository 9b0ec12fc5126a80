"""Right answers to ACEBench items, and wrong ones as models give them, made from the right ones."""

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from agentscaler.evaluation.acebench.categories import Kind
from agentscaler.evaluation.acebench.fixed import _named
from agentscaler.evaluation.acebench.items import AceItem

__all__ = ["Answer", "right_answer", "wrong_answers"]


@dataclass(frozen=True)
class Answer:
    """An answer as the result files hold it, and how it came to be ("right", "wrong_value")."""

    item: AceItem
    change: str
    result: Any
    process: list[str] | None = None


Calls = list[tuple[str, dict[str, Any]]]


def right_answer(item: AceItem) -> Answer:
    """The answer that the data call right, in the form that the prompts ask for."""
    match item.kind:
        case Kind.NORMAL:
            return Answer(item, "right", written(_right_calls(item)))
        case Kind.SPECIAL:
            return Answer(item, "right", _right_statement(item))
        case Kind.AGENT:
            return Answer(item, "right", copy.deepcopy(item.truth), list(item.milestones[0]))


def wrong_answers(item: AceItem, rng: random.Random) -> Iterator[Answer]:
    """One answer for each way of being wrong, or nearly wrong, that the item allows."""
    match item.kind:
        case Kind.NORMAL:
            yield from _wrong_calls(item, rng)
        case Kind.SPECIAL:
            yield from _wrong_statements(item, rng)
        case Kind.AGENT:
            yield from _wrong_states(item, rng)


def written(calls: Calls) -> str:
    """Calls in the form `[name(key='value'), ...]`."""
    return "[" + ", ".join(_call(name, arguments) for name, arguments in calls) + "]"


def _call(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def _right_calls(item: AceItem) -> Calls:
    truth = item.truth[0] if isinstance(item.truth, list) else item.truth
    names = {one["name"] for one in item.functions}
    return [(_named(key, names), copy.deepcopy(value)) for key, value in truth.items()]


def _right_statement(item: AceItem) -> str:
    if item.category == "special_irrelevant":
        return '["Due to the limitations of the function, I cannot solve this problem."]'
    ((name, values), *_) = item.truth.items()
    if item.category == "special_incomplete":
        return f'["Missing necessary parameters ({", ".join(values)}) for the api ({name})"]'
    parts = [
        f"There is incorrect value ({', '.join(values)}) for the parameters ({name})"
        for name, values in item.truth.items()
    ]
    return f'["{". ".join(parts)} in the conversation history."]'


# ---- calls -------------------------------------------------------------------------------------


def _paths_of(arguments: dict[str, Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []

    def walk(value: Any, path: tuple[Any, ...]) -> None:
        if path:
            found.append(path)
        if isinstance(value, dict):
            for key, one in value.items():
                walk(one, (*path, key))
        elif isinstance(value, list):
            for place, one in enumerate(value):
                walk(one, (*path, place))

    walk(arguments, ())
    return found


def _changed(value: Any, rng: random.Random) -> Any:
    """A value of the same type that is another."""
    match value:
        case bool():
            return not value
        case int():
            return value + rng.choice([1, -1, 10, 100])
        case float():
            return value * rng.choice([2, 0.5]) + 1
        case str():
            return rng.choice([value[: len(value) // 2], value + " extra", "something else", ""])
        case list():
            return value[:-1] if value else ["x"]
        case dict():
            return dict(list(value.items())[:-1]) if value else {"x": 1}
        case _:
            return "x"


def _retyped(value: Any, rng: random.Random) -> Any:
    """The value in another type."""
    match value:
        case bool():
            return rng.choice(["true" if value else "false", str(value), int(value)])
        case int() | float():
            return rng.choice([str(value), float(value), [value]])
        case str():
            return rng.choice([[value], {"value": value}, 7, True, None, len(value) / 3])
        case list():
            return rng.choice([tuple(value), str(value), {"0": value}, value[0] if value else 1])
        case dict():
            return rng.choice([[value], str(value), list(value.values())])
        case _:
            return 1


def _at(arguments: dict[str, Any], path: tuple[Any, ...], change: Callable[[Any], Any]) -> None:
    whole: Any = arguments
    for key in path[:-1]:
        whole = whole[key]
    whole[path[-1]] = change(whole[path[-1]])


def _wrong_calls(item: AceItem, rng: random.Random) -> Iterator[Answer]:
    def answer(change: str, text: Any) -> Answer:
        return Answer(item, change, text)

    def calls() -> Calls:
        return _right_calls(item)

    def pick(made: Calls) -> tuple[str, dict[str, Any]]:
        return rng.choice(made)

    right = written(calls())
    for name, change in (("wrong_value", _changed), ("wrong_type", _retyped)):
        for deep in (False, True):
            made = calls()
            _, arguments = pick(made)
            places = [path for path in _paths_of(arguments) if (len(path) > 1) is deep]
            if places:
                _at(arguments, rng.choice(places), lambda value, change=change: change(value, rng))
                yield answer(f"{name}{'_inside' if deep else ''}", written(made))
    made = calls()
    _, arguments = pick(made)
    if arguments:
        del arguments[rng.choice(list(arguments))]
        yield answer("missing_parameter", written(made))
        made = calls()
        _, arguments = pick(made)
        key = rng.choice(list(arguments) or ["x"])
        arguments[key + "_x"] = arguments.pop(key, 1)
        yield answer("renamed_parameter", written(made))
    made = calls()
    pick(made)[1]["note"] = "extra"
    yield answer("extra_parameter", written(made))
    made = calls()
    properties = _schema(item, made[0][0])
    unused = [key for key in properties if key not in made[0][1]]
    if unused:
        made[0][1][unused[0]] = "extra"
        yield answer("extra_known_parameter", written(made))
    made = calls()
    yield answer("reversed_calls", written(made[::-1]))
    yield answer("one_call_less", written(made[:-1]))
    yield answer("one_call_more", written([*made, made[0]]))
    yield answer("first_call_repeated", written([made[0]] * len(made)))
    name, arguments = made[0]
    yield answer("wrong_name", written([(name + "_v2", arguments), *made[1:]]))
    others = [one["name"] for one in item.functions if one["name"] != name]
    if others:
        yield answer("other_function", written([(rng.choice(others), arguments), *made[1:]]))
    yield answer("case_of_name", written([(name.swapcase(), arguments), *made[1:]]))
    yield answer("upper_case", _with_texts(calls(), str.upper))
    yield answer("blanks_in_texts", _with_texts(calls(), lambda text: f" {text}  "))
    yield answer("chinese_punctuation", _with_texts(calls(), lambda text: text + "。"))
    yield answer("full_width", right.replace(",", "，").replace("=", "＝"))
    yield answer("wide_blanks", right.replace(", ", ",\u3000"))
    yield answer("new_lines", right.replace(", ", ",\n    "))
    yield answer("json_words", _json_words(right))
    yield answer("sign", right.replace("=", "=+", 1))
    yield answer("not", right.replace("=", "=not ", 1))
    yield answer("sum", right.replace("=", "=1+", 1))
    yield answer("computed", f"[{name}(x=2**10, y=3 * 'ab', z=[1] + [2], w=7 // 2)]")
    yield answer("nameless_argument", right.replace("(", "(1, ", 1))
    yield answer("nameless_only", f"[{name}(1)]")
    yield answer("quotes_inside", right.replace("='", "='it's ", 1))
    yield answer("keywords_spread", right.replace("(", "(**{'a': 1}, ", 1))
    yield answer("subscript", f"[{name}(x=a[1])]")
    yield answer("nested_call", f"[{name}(x=other(y=1))]")
    yield answer("lambda", f"[{name}(x=lambda: 1)]")
    yield answer("bare_text", f"[{name}(x=word, y=..., z=-3.5, w=None)]")
    yield answer("no_brackets", right[1:-1])
    yield answer("braces", "{" + right[1:-1] + "}")
    yield answer("dotted_name", right.replace("[", "[api.", 1))
    yield answer("fenced", f"```python\n{right}\n```")
    yield answer("with_words", f"Here you are: {right}")
    yield answer("as_json", str([{"name": n, "arguments": a} for n, a in made]))
    yield answer("cut_off", right[: rng.randrange(1, max(2, len(right)))])
    yield answer("no_arguments", written([(n, {}) for n, _ in made]))
    yield answer("empty_list", "[]")
    yield answer("empty", "")
    yield answer("none", None)
    yield answer("statement", '["Missing necessary parameters (x) for the api (y)"]')


def _schema(item: AceItem, name: str) -> dict[str, Any]:
    found = next((one for one in item.functions if one["name"] == name), {})
    return (found.get("parameters") or {}).get("properties") or {}


def _with_texts(calls: Calls, change: Callable[[str], str]) -> str:
    """The calls with every text among their values changed."""

    def renewed(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [renewed(one) for one in value]
        if isinstance(value, dict):
            return {key: renewed(one) for key, one in value.items()}
        return value

    return written([(name, renewed(arguments)) for name, arguments in calls])


def _json_words(text: str) -> str:
    return text.replace("True", "true").replace("False", "false").replace("None", "null")


# ---- statements --------------------------------------------------------------------------------


def _wrong_statements(item: AceItem, rng: random.Random) -> Iterator[Answer]:
    right = _right_statement(item)
    name = item.functions[0]["name"] if item.functions else "f"
    yield Answer(item, "lower_case", right.lower())
    yield Answer(item, "half", right[: len(right) // 2])
    yield Answer(item, "a_call", f"[{name}(x='1')]")
    yield Answer(item, "all_statements", _ALL + right)
    yield Answer(item, "empty", "")
    yield Answer(item, "none", None)
    yield Answer(item, "chinese_punctuation", right.replace("(", "（").replace(")", "）"))
    yield Answer(item, "white_space", "  " + right.replace(" ", "\n"))
    for statement in _ALL.split("\n"):
        yield Answer(item, "a_statement", statement)
    if isinstance(item.truth, dict):
        for key, values in item.truth.items():
            yield Answer(item, "wrong_name", right.replace(key, "other"))
            one = rng.choice(values) if values else ""
            yield Answer(item, "one_value_missing", right.replace(one, "") if one else right)
            yield Answer(item, "value_within_word", right.replace(one, f"x{one}y") if one else "")
            yield Answer(item, "stripped", right.replace("( ", "(").replace(" ,", ","))


_ALL = (
    "There is incorrect value (x) for the parameters (y) in the conversation history.\n"
    "Missing necessary parameters (x) for the api (y)\n"
    "Due to the limitations of the function, I cannot solve this problem."
)


# ---- states ------------------------------------------------------------------------------------


def _wrong_states(item: AceItem, rng: random.Random) -> Iterator[Answer]:
    process = list(item.milestones[0])
    last = list(item.milestones[-1])

    def truth() -> list[dict[str, Any]]:
        state: list[dict[str, Any]] = copy.deepcopy(item.truth)
        return state

    def answer(change: str, state: Any, steps: list[str] | None = None) -> Answer:
        return Answer(item, change, state, process if steps is None else steps)

    yield answer("class_missing", truth()[:-1])
    yield answer("class_twice", [*truth(), truth()[0]])
    yield answer("classes_reversed", truth()[::-1])
    state = truth()
    place = rng.randrange(len(state))
    ((name, attributes),) = state[place].items()
    state[place] = {name + "X": attributes}
    yield answer("class_renamed", state)
    by_case = {one.casefold(): one for one in item.classes}
    yield answer(
        "names_of_the_simulation",
        [
            {by_case.get(k.casefold(), item.classes[i]): v}
            for i, c in enumerate(truth())
            for k, v in c.items()
        ],
    )
    state = truth()
    state[place] = {name: {}}
    yield answer("attributes_missing", state)
    state = truth()
    state[place][name]["more"] = 1
    yield answer("attribute_too_many", state)
    for step in range(6):
        state = truth()
        paths = [path for path in _paths_of(state[step % len(state)]) if len(path) > 1]
        _at(state[step % len(state)], rng.choice(paths), lambda value: _changed(value, rng))
        steps = [one for one in process if rng.random() < 0.7]
        yield answer("wrong_value", state, steps)
        yield answer("wrong_value_other_way", state, [one for one in last if rng.random() < 0.8])
    state = truth()
    paths = [path for path in _paths_of(state[place]) if len(path) > 1]
    _at(state[place], rng.choice(paths), lambda value: _retyped(value, rng))
    yield answer("wrong_type", state, process[1:])
    for value in state[place].values():
        for attribute in value.values():
            if isinstance(attribute, dict):
                attribute["999"] = {"more": 1}
    yield answer("entry_too_many", state)
    yield answer("empty", [], [])
    yield answer("empty_classes", [{} for _ in truth()], process[:1])
    initial = [{one: item.initial_config.get("BaseApi", {})} for one in item.classes]
    yield answer("nothing_done", initial, [])
    yield answer("reversed_process", initial, process[::-1])
    yield answer("process_with_blanks", initial, [f" {one}\n" for one in process])
    yield answer("other_quotes", initial, [one.replace("'", '"') for one in process])
    yield answer("steps_between", initial, [x for one in process for x in ("[f()]", one)])
    yield answer("not_a_list", {"BaseApi": {}}, process)
    yield answer("text", "finish conversation", process)
