"""A small benchmark of ACEBench's form, and a checkout with prompts and simulated classes of its
form: written for the tests, nothing of it is the authors'."""

import json
from pathlib import Path
from typing import Any

from agentscaler.evaluation.acebench.items import AceData, AceItem, Language, read_data

__all__ = [
    "GOLD",
    "data_of",
    "gold_of",
    "item",
    "write_checkout",
    "write_data",
]

LAMPS = {"LampApi": {"lamps": {"1": {"room": "hall", "on": False}}}}


def _function(name: str, required: list[str], **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"name": name, "description": f"Does {name}.", "parameters": parameters}


TEXT = {"type": "string"}
BOOK = _function(
    "book_table",
    ["place"],
    place=TEXT,
    guests={"type": "integer"},
    wishes={"type": "array", "items": TEXT},
    guest={"type": "object", "properties": {"name": TEXT, "tags": {"type": "array"}}},
    quiet={"type": "boolean"},
)
LIST = _function("list_tables", [])
LAMP_TOOLS = [_function("switch_lamp", ["number"], number={"type": "integer"}, on=TEXT)]

GOLD: dict[str, Any] = {
    "normal_single_turn_single_function_0": '[book_table(place="Old Mill", guests=4)]',
    "normal_single_turn_single_function_1": "[list_tables()]",
    "normal_single_turn_parallel_function_0": (
        "[book_table(place='Old Mill'), book_table(place='New Mill', wishes=['by the window'])]"
    ),
    "normal_multi_turn_user_adjust_0_0": "[book_table(place='Old Mill')]",
    "normal_multi_turn_user_adjust_0_1": (
        "[book_table(place='Old Mill', guest={'name': 'Ann Lee', 'tags': ['old friend']})]"
    ),
    "normal_preference_0": "[book_table(place='Old Mill', quiet=True)]",
    "special_incomplete_0": '["Missing necessary parameters (place) for the api (book_table)"]',
    "special_error_param_0": (
        '["There is incorrect value (seven-ish) for the parameters (guests) in the conversation'
        ' history."]'
    ),
    "special_irrelevant_0": (
        '["Due to the limitations of the function, I cannot solve this problem."]'
    ),
}
"""What a good model writes, by the item's id; agents apart."""

STONES = ["[turn_on_wifi()]", "[switch_lamp(number=1, on='yes')]"]

_TRUTHS: dict[str, Any] = {
    "normal_single_turn_single_function_0": {"book_table": {"place": "Old Mill", "guests": 4}},
    "normal_single_turn_single_function_1": {"list_tables": {}},
    "normal_single_turn_parallel_function_0": {
        "book_table_1": {"place": "Old Mill"},
        "book_table_2": {"place": "New Mill", "wishes": ["by the window"]},
    },
    "normal_multi_turn_user_adjust_0_0": {"book_table": {"place": "Old Mill"}},
    "normal_multi_turn_user_adjust_0_1": {
        "book_table": {"place": "Old Mill", "guest": {"name": "Ann Lee", "tags": ["old friend"]}}
    },
    "normal_preference_0": [
        {"book_table": {"place": "Old Mill", "quiet": True}},
        {"book_table": {"place": "Mill", "quiet": True, "guests": 2}},
    ],
    "special_incomplete_0": {"book_table": ["place "]},
    "special_error_param_0": {"guests": ["seven-ish"]},
    "special_irrelevant_0": "It cannot be done.",
    "agent_multi_step_0": [
        {"BaseApi": {"wifi": True}},
        {"LampAPI": {"lamps": {"1": {"room": "hall", "on": "yes"}}}},
    ],
    "agent_multi_turn_0": [
        {"BaseApi": {"wifi": True}},
        {"LampApi": {"lamps": {"1": {"room": "hall", "on": "yes"}}}},
    ],
}


def _category(name: str) -> str:
    short = name.rpartition("_")[0]
    return short.rpartition("_")[0] if "multi_turn_user" in name else short


def _questions() -> list[dict[str, Any]]:
    questions = []
    for name in _TRUTHS:
        one: dict[str, Any] = {"id": name, "question": f"user: do {name}\n"}
        if name.startswith("agent"):
            one |= {
                "function": LAMP_TOOLS,
                "initial_config": {"BaseApi": {"wifi": False}, **LAMPS},
                "involved_classes": ["BaseApi", "LampApi"],
                "path": [],
            }
        else:
            one["function"] = [BOOK, LIST]
            one |= {"profile": "likes quiet"} if "preference" in name else {"time": "It is noon."}
        questions.append(one)
    return questions


def write_data(folder: Path, language: Language = "en") -> Path:
    """Writes the data as `data_all`; gives that folder."""
    data = folder / "data_all" / f"data_{language}"
    (data / "possible_answer").mkdir(parents=True)
    for question in _questions():
        name = question["id"]
        answer = {"id": name, "ground_truth": _TRUTHS[name]}
        if name == "agent_multi_step_0":
            answer["mile_stone"] = [STONES, ["[switch_all()]"]]
        elif name.startswith("agent"):
            answer["mile_stone"] = STONES
        file = f"data_{_category(name)}.json"
        for path, record in ((data / file, question), (data / "possible_answer" / file, answer)):
            with path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(record) + "\n")
    return folder / "data_all"


def data_of(folder: Path) -> AceData:
    return read_data(write_data(folder), "en")


def gold_of(one: AceItem) -> Any:
    """The right result of an item that is no agent's."""
    return GOLD[one.id]


def item(name: str, **changes: Any) -> AceItem:
    """One item of the small benchmark, with some of its fields changed."""
    question = next(one for one in _questions() if one["id"] == name)
    fields: dict[str, Any] = {
        "id": name,
        "category": _category(name),
        "question": question["question"],
        "functions": tuple(question["function"]),
        "truth": _TRUTHS[name],
        "time": question.get("time", ""),
        "profile": question.get("profile", ""),
        "initial_config": question.get("initial_config", {}),
        "classes": tuple(question.get("involved_classes", ())),
        "milestones": (tuple(STONES),) if name.startswith("agent") else (),
    }
    return AceItem(**{**fields, **changes})


_PROMPTS = """
SYSTEM_PROMPT_FOR_NORMAL_DATA_{L} = "Call. {{time}} Functions: {{function}}"
SYSTEM_PROMPT_FOR_PREFERENCE_DATA_{L} = "Call for {{profile}}. Functions: {{function}}"
SYSTEM_PROMPT_FOR_SPECIAL_DATA_{L} = "Call or tell. {{time}} Functions: {{function}}"
USER_PROMPT_{L} = "So far:\\n{{question}}"
TRAVEL_PROMPT_{L} = "Rules of travel."
BASE_PROMPT_{L} = "Rules of the phone."
"""
_AGENT = """
raise RuntimeError("a module of the checkout was imported by us")
MULTI_TURN_AGENT_PROMPT_SYSTEM_{L} = "Agent of a {form}. "
MULTI_TURN_AGENT_PROMPT_USER_{L} = "May call {{functions}}. So far:\\n{{history}}"
"""
_USER = """
SYSTEM_PROMPT_TRAVEL_{L} = "You travel: {{instruction}}"
SYSTEM_PROMPT_BASE_{L} = "You have a phone: {{instruction}}"

class Person:
    def get_init_prompt(self, question):
        if self.language == "zh":
            told = {{"role": "system", "content": question}}
            self.messages = [told, {{"role": "user", "content": "?"}}]
        elif self.language == "en":
            self.messages = [
                {{"role": "system", "content": question}},
                {{"role": "user", "content": "What is it?"}},
            ]
"""
_WORLD = """
import os, time

class BaseApi:
    def __init__(self, config):
        self.wifi = config.get("wifi", False)
        self.hidden = 7
    def turn_on_wifi(self):
        self.wifi = True
        return "on"
    def die(self):
        os._exit(1)
    def sleep(self):
        time.sleep(60)

class LampApi:
    def __init__(self, config):
        self.lamps = {int(key): dict(lamp) for key, lamp in config["lamps"].items()}
    def switch_lamp(self, number, on):
        self.lamps[number]["on"] = on
        return dict(self.lamps[number])

def execute(text, owner, config, classes):
    for name in classes:
        key = f"{owner}_{name}"
        if key not in globals():
            globals()[key] = globals()[name](config.get(name, {}))
    inner = text.strip()[1:-1]
    method = inner.partition("(")[0]
    holder = next(name for name in classes if hasattr(globals()[name], method))
    instances = {name: globals()[f"{owner}_{name}"] for name in classes}
    return eval(f"{owner}_{holder}.{inner}"), instances
"""
_ROLE = """
from model_inference.{form}.{form}_utils import execute

class {name}:
    def __init__(self, agent_model_name, initial_config, involved_classes, test_id, language):
        self.owner, self.config, self.classes = agent_model_name, initial_config, involved_classes
    def respond(self, history):
        text = history[-1]["message"]
        if not text.startswith("["):
            return {{"message": "Only calls."}}, {{}}
        reply, instances = execute(text, self.owner, self.config, self.classes)
        print("noise on standard output")
        return {{"message": [reply]}}, instances
"""


def write_checkout(folder: Path) -> Path:
    """Writes a checkout of the official form into a folder; gives it."""
    code = folder / "model_inference"
    files: dict[str, str] = {}
    for language in ("en", "zh"):
        files[f"prompt_{language}.py"] = _PROMPTS.format(L=language.upper())
    for form, name in (("multi_turn", "EXECUTION"), ("multi_step", "EXECUTION_STEP")):
        ending = "" if form == "multi_turn" else "_step"
        agent = "".join(_AGENT.format(L=one, form=form) for one in ("EN", "ZH"))
        files[f"{form}/APIModel_agent.py"] = agent
        files[f"{form}/execution_role{ending}.py"] = _ROLE.format(form=form, name=name)
        files[f"{form}/{form}_utils.py"] = _WORLD
    user = "".join(_USER.format(L=one) for one in ("EN", "ZH"))
    files["multi_turn/APIModel_user.py"] = user
    files["apimodel_inference.py"] = (
        'import nothing_of_that_name\nSAVED_CLASS = {"BaseApi": ["wifi"], "LampApi": ["lamps"]}\n'
    )
    for name, text in files.items():
        path = code / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
