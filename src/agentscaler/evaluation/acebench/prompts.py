"""`Prompts`: the texts of ACEBench that models are given, taken from the user's checkout.

They are string constants in modules of the authors' repository.  The modules are parsed, never
imported.  What stands in braces in a text is filled in by name alone.
"""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from string import Formatter

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.items import Language

__all__ = ["Prompts", "filled", "find_home", "read_prompts"]

_MOST_BYTES = 4 * 1024 * 1024
_CONSTANTS = {
    "normal": ("prompt_{}.py", "SYSTEM_PROMPT_FOR_NORMAL_DATA"),
    "preference": ("prompt_{}.py", "SYSTEM_PROMPT_FOR_PREFERENCE_DATA"),
    "special": ("prompt_{}.py", "SYSTEM_PROMPT_FOR_SPECIAL_DATA"),
    "conversation": ("prompt_{}.py", "USER_PROMPT"),
    "travel_rules": ("prompt_{}.py", "TRAVEL_PROMPT"),
    "phone_rules": ("prompt_{}.py", "BASE_PROMPT"),
    "turn_system": ("multi_turn/APIModel_agent.py", "MULTI_TURN_AGENT_PROMPT_SYSTEM"),
    "turn_history": ("multi_turn/APIModel_agent.py", "MULTI_TURN_AGENT_PROMPT_USER"),
    "step_system": ("multi_step/APIModel_agent.py", "MULTI_TURN_AGENT_PROMPT_SYSTEM"),
    "step_history": ("multi_step/APIModel_agent.py", "MULTI_TURN_AGENT_PROMPT_USER"),
    "user_travel": ("multi_turn/APIModel_user.py", "SYSTEM_PROMPT_TRAVEL"),
    "user_phone": ("multi_turn/APIModel_user.py", "SYSTEM_PROMPT_BASE"),
}
"""The file below model_inference and the constant's name before _EN or _ZH, by our own names."""
_OPENING = ("multi_turn/APIModel_user.py", "get_init_prompt")


@dataclass(frozen=True)
class Prompts:
    """The texts of one language.

    Attributes:
        normal, preference, special: what a model is told of its task, with the functions.
        conversation: the frame of the conversation so far.
        travel_rules, phone_rules: of an agent of the airline, of one of the phone.
        turn_system, turn_history: of an agent in a dialogue; step_system, step_history: of an
            agent alone.
        user_travel, user_phone: what the simulated user is told.
        opening: what the simulated user is asked first.
    """

    normal: str
    preference: str
    special: str
    conversation: str
    travel_rules: str
    phone_rules: str
    turn_system: str
    turn_history: str
    step_system: str
    step_history: str
    user_travel: str
    user_phone: str
    opening: str

    @property
    def digest(self) -> str:
        """SHA-256 over all of them, in hexadecimal."""
        return hashlib.sha256("\0".join(astuple(self)).encode()).hexdigest()


def find_home(home: Path | None, data: Path) -> Path:
    """The checkout: the one that is named, or the one that the data lie in.

    Raises:
        InputError: there is none.
    """
    candidates = [home] if home is not None else [data, *data.absolute().parents[:2]]
    for one in candidates:
        if (one / "model_inference").is_dir():
            return one
    raise InputError(
        f"{home} is no checkout of ACEBench: it has no folder model_inference."
        if home is not None
        else "ACEBench is played with the authors' prompts and simulated classes, which are in"
        " their repository, not in its data.",
        "Clone https://github.com/ACEBench/ACEBench and give --home its folder; saved results"
        " (--results) are scored without it.",
    )


def read_prompts(home: Path, language: Language) -> Prompts:
    """The texts of a checkout.

    Raises:
        InputError: a file or a constant is not there.
    """
    folder, ending = home / "model_inference", f"_{language.upper()}"
    trees: dict[Path, ast.Module] = {}
    texts: dict[str, str] = {}
    for name, (file, constant) in _CONSTANTS.items():
        path = folder / file.format(language)
        tree = trees.setdefault(path, _parsed(path)) if path not in trees else trees[path]
        found = dict(_constants(tree)).get(constant + ending)
        if found is None:
            raise _strange(path, f"no text {constant}{ending}")
        texts[name] = found
    path = folder / _OPENING[0]
    opening = _opening(trees[path], language)
    if opening is None:
        raise _strange(path, f"no first question to the user in {_OPENING[1]}")
    return Prompts(**texts, opening=opening)


def filled(template: str, values: Mapping[str, str]) -> str:
    """A text with its places filled, `{name}` by the value; doubled braces become single ones.

    Raises:
        InputError: something else stands in braces.
    """
    parts: list[str] = []
    try:
        for text, name, form, conversion in Formatter().parse(template):
            parts.append(text)
            if name is None:
                continue
            if name not in values or form or conversion:
                raise ValueError(f"{{{name}}} cannot be filled")
            parts.append(values[name])
    except ValueError as error:
        raise InputError(
            f"A prompt of the checkout cannot be used: {error}.",
            "Take a checkout of the authors' repository as it is.",
        ) from error
    return "".join(parts)


def _parsed(path: Path) -> ast.Module:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _strange(path, "more than 4 MiB")
        return ast.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Give --home a whole checkout of ACEBench.",
        ) from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _strange(path, f"no Python that parses ({error})") from error


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Texts that are assigned to names at a module's top."""
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.targets[0].id, node.value.value


def _opening(tree: ast.Module, language: Language) -> str | None:
    """The constant text of the message with the role "user", where the language is compared."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name != _OPENING[1]:
            continue
        for branch in ast.walk(function):
            if isinstance(branch, ast.If) and _compares(branch.test, language):
                for statement in branch.body:
                    for node in ast.walk(statement):
                        if isinstance(node, ast.Dict) and (text := _user_text(node)):
                            return text
    return None


def _compares(test: ast.expr, text: str) -> bool:
    return isinstance(test, ast.Compare) and any(
        isinstance(one, ast.Constant) and one.value == text for one in test.comparators
    )


def _user_text(node: ast.Dict) -> str | None:
    pairs = {
        key.value: value.value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
    }
    content = pairs.get("content")
    return content if pairs.get("role") == "user" and isinstance(content, str) else None


def _strange(path: Path, what: str) -> InputError:
    return InputError(
        f"{path} is not as in the authors' repository: it has {what}.",
        "Take a checkout of https://github.com/ACEBench/ACEBench as it is.",
    )
