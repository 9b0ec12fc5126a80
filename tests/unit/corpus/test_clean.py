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


def test_other_languages_can_be_kept() -> None:
    chinese = tool("getWeather", description="获取天气信息，返回温度和湿度")
    assert reasons(clean(chinese)) == ["not_english"]
    assert reasons(clean(chinese, language="any")) == []


def test_descriptions_in_other_letters_tell_operations_apart() -> None:
    first = tool("a.get", description="获取天气信息，返回温度和湿度")
    other = tool("b.get", description="获取订单信息，返回价格和数量")
    assert reasons(clean(first, other, language="any")) == []
    again = first.model_copy(update={"id": "acme.shop.c.get", "name": "c.get"})
    assert reasons(clean(first, again, language="any")) == ["duplicate"]


def test_deprecated_operations_can_be_kept() -> None:
    old = tool("A", description="[Deprecated] Attaches a thing to another.")
    assert reasons(clean(old, deprecated="keep")) == []


SAME = "Lists the tags of a resource."


@pytest.mark.parametrize(
    ("duplicates", "expected"),
    [
        ("keep", []),
        ("service", ["duplicate"]),
        ("provider", ["duplicate", "duplicate_elsewhere"]),
        ("everywhere", ["duplicate", "duplicate_elsewhere", "duplicate_source"]),
    ],
)
def test_how_far_duplicates_are_looked_for_is_a_setting(
    duplicates: str, expected: list[str]
) -> None:
    cleaner = clean(
        tool("a.listTags", description=SAME),
        tool("b.listTags", description=SAME),
        tool("listTags", service="acme.depot", description=SAME),
        tool("A_ListTags", service="acme-inc.shop", description="Other words.", source="openapi"),
        duplicates=duplicates,
    )
    assert reasons(cleaner) == expected


def test_another_readers_tool_is_the_same_only_for_the_same_service() -> None:
    words = "Returns the state of a thing, with everything that is known of its parts and owners."
    ours = tool("GetThing", description=words)
    theirs = tool("getThing", "acme-inc.x", description=words, source="openapi", parameters={})
    other = theirs.model_copy(update={"id": "o.p.q", "service_title": "Another Shop"})
    assert reasons(clean(ours, theirs)) == ["duplicate_source"]
    assert reasons(clean(ours, other)) == []


def many(service: str, count: int) -> list[ToolSpec]:
    return [tool(f"Do{number}", service) for number in range(count)]


def test_a_service_over_its_cap_gives_a_sample_that_does_not_depend_on_the_order() -> None:
    tools = many("acme.shop", 30)
    one, two = clean(*tools, service_cap=10), clean(*reversed(tools), service_cap=10)
    assert {kept.id for kept in one.tools} == {kept.id for kept in two.tools}
    assert (len(one.tools), reasons(one)) == (10, ["over_service_cap"] * 20)


def test_a_provider_takes_services_whole_while_they_fit() -> None:
    cleaner = Cleaner(PoolSettings(provider_cap=10))
    for service, count in (("acme.a", 6), ("acme.b", 5), ("acme.c", 4), ("other.d", 7)):
        cleaner.take(Reading(tools=many(service, count)))
    kept = [one.service for one in cleaner.tools]
    assert {name: kept.count(name) for name in kept} == {"acme.a": 6, "acme.c": 4, "other.d": 7}
    assert reasons(cleaner) == ["over_provider_cap"] * 5


def test_the_first_service_of_a_provider_is_cut_to_the_cap() -> None:
    cleaner = clean(*many("acme.shop", 30), provider_cap=10)
    assert (len(cleaner.tools), reasons(cleaner)) == (10, ["over_provider_cap"] * 20)


def test_what_a_cap_takes_away_leaves_room_for_its_double() -> None:
    cleaner = Cleaner(PoolSettings(provider_cap=2))
    cleaner.take(Reading(tools=[tool("A", "acme.a"), tool("B", "acme.a")]))
    cleaner.take(Reading(tools=[tool("Tag", "acme.b", description=SAME)]))
    cleaner.take(Reading(tools=[tool("Tag", "acme.b", description=SAME)]))
    assert reasons(cleaner) == ["over_provider_cap"] * 2


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


@pytest.mark.parametrize("name", ["modifyVolume", "GET_ModifyVolume", "POST_ModifyVolume"])
def test_readers_that_spell_a_name_differently_mean_the_same_operation(name: str) -> None:
    ours = tool("ModifyVolume", description="Changes a volume.")
    theirs = tool(name, "acme-inc.shop", description="Modifies volumes.", source="openapi")
    assert reasons(clean(ours, theirs)) == ["duplicate_source"]
