from typing import Any

import pytest

from agentscaler.corpus.clean import Cleaner, is_english
from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec


def tool(name: str = "GetThing", service: str = "acme.shop", **changes: Any) -> ToolSpec:
    fields: dict[str, Any] = {
        "id": f"{service}.{name}",
        "name": name,
        "provider": service.split(".")[0],
        "service": service,
        "service_title": "Acme Shop",
        "description": f"Does what {name} of {service} says.",
        "parameters": {"type": "object", "properties": {"thingId": {"type": "string"}}},
        "source": "functions",
        "licence": "MIT",
    }
    return ToolSpec(**{**fields, **changes})


def clean(*tools: ToolSpec, **settings: Any) -> Cleaner:
    cleaner = Cleaner(PoolSettings(**settings))
    cleaner.take(Reading(tools=list(tools)))
    return cleaner


def reasons(cleaner: Cleaner) -> list[str]:
    return [rejection.reason for rejection in cleaner.rejections]


def test_a_tool_without_parameters_is_kept() -> None:
    cleaner = clean(tool(parameters={"type": "object", "properties": {}}))
    assert len(cleaner.tools) == 1


def test_a_short_description_gives_way_to_one_made_from_the_name() -> None:
    cleaner = clean(
        tool("CancelOrder", description=""), tool("shops.itemTags.batchGet", description="Get.")
    )
    assert [one.description for one in cleaner.tools] == [
        "Cancel order (Acme Shop).",
        "Batch get item tags (Acme Shop).",
    ]


def test_the_same_id_again_is_rejected() -> None:
    cleaner = clean(tool(), tool(description="Something else entirely."))
    assert (len(cleaner.tools), reasons(cleaner)) == (1, ["duplicate_name"])


def test_equal_operations_are_rejected_within_and_between_services() -> None:
    same = {"description": "Lists the tags of a resource.", "name": "listTags"}
    cleaner = clean(
        tool("a.listTags", description=same["description"]),
        tool("b.listTags", description="Lists the tags of a  resource"),
        tool("listTags", service="acme.depot", description=same["description"]),
        tool("listTags", service="other.depot", description=same["description"]),
    )
    assert reasons(cleaner) == ["duplicate", "duplicate_elsewhere"]
    assert cleaner.rejections[0].detail == "same as acme.shop.a.listTags"


def test_equal_descriptions_of_other_parameters_or_methods_are_kept() -> None:
    words = "Returns the state of things."
    other = {"type": "object", "properties": {"other": {"type": "string"}}}
    cleaner = clean(
        tool("GetA", description=words),
        tool("GetB", description=words),
        tool("x.GetA", description=words, parameters=other),
    )
    assert reasons(cleaner) == []


def test_too_many_parameters_are_rejected() -> None:
    many = {"type": "object", "properties": {f"p{i}": {} for i in range(4)}}
    assert reasons(clean(tool(parameters=many), max_parameters=3)) == ["too_many_parameters"]
    assert reasons(clean(tool(parameters=many), max_parameters=4)) == []


def test_a_description_that_begins_with_its_deprecation_is_rejected() -> None:
    cleaner = clean(
        tool("A", description="This action is deprecated. Attaches a thing to another."),
        tool("B", description="[Deprecated] Attaches a thing to another."),
        tool("C", description="Lists deprecated things of the shop."),
    )
    assert reasons(cleaner) == ["deprecated", "deprecated"]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Returns the user’s naïve café list.", True),
        ("获取天气信息 API", False),
        ("Возвращает список заказов клиента", False),
        (
            "Cette fonction renvoie la liste des commandes pour un client donné, avec leurs"
            " états et leurs prix",
            False,
        ),
        ("Cancel order", True),
        ("", True),
        ("404", True),
    ],
)
def test_other_languages_are_told_from_english(text: str, english: bool) -> None:
    assert is_english(text) is english
