"""Which domains are near-duplicates of each other."""

from agentscaler.dataset.kinship import DomainSketch, families, kin_of


def sketch(name: str, service: str = "", tools: tuple[str, ...] = ()) -> DomainSketch:
    own = tuple(f"{name}_{verb}()" for verb in ("get", "list", "create", "delete"))
    return DomainSketch(name, service or f"{name}.service", frozenset(tools or own))


def test_domains_of_one_service_are_kin() -> None:
    found = families([sketch("a", "aws.connect"), sketch("b", "aws.connect"), sketch("c")])
    assert found["a"] == found["b"] == "aws.connect"
    assert found["c"] != found["a"]


def test_versions_of_a_service_are_kin() -> None:
    found = families([sketch("a", "aws.greengrass"), sketch("b", "aws.greengrassv2")])
    assert found["a"] == found["b"] == "aws.greengrass"


def test_domains_with_half_of_their_tools_alike_are_kin() -> None:
    one = sketch("a", tools=("get_x(id)", "list_x()", "drop_x(id)", "make_x(name)"))
    alike = sketch("b", tools=("get_x(id)", "list_x()", "other(id)", "more()"))
    apart = sketch("c", tools=("get_x(id)", "new()", "odd(id)", "even()"))
    found = families([one, alike, apart])
    assert found["a"] == found["b"]
    assert found["c"] != found["a"]


def test_a_tool_with_other_parameters_is_another_tool() -> None:
    one = sketch("a", tools=("get_x(id)", "list_x()"))
    other = sketch("b", tools=("get_x(name)", "list_x(page)"))
    assert len(set(families([one, other]).values())) == 2


def test_kin_of_kin_are_kin() -> None:
    chain = [
        sketch("a", "one", ("p()", "q()")),
        sketch("b", "two", ("q()", "r()")),
        sketch("c", "two", ("s()", "t()")),
    ]
    assert len(set(families(chain).values())) == 1


def test_a_domain_has_kin_among_others_by_service_or_by_tools() -> None:
    held_out = [
        sketch("a", "aws.connect"),
        sketch("b", tools=("get_x(id)", "list_x()")),
        sketch("c", tools=("get_x(name)", "list_x(page)")),
    ]
    train = [
        sketch("y", "aws.connect"),
        sketch("x", "aws.connectv2"),
        sketch("z", tools=("get_x(id)", "drop_x()", "make_x()")),
    ]
    assert kin_of(held_out, train) == {"a": ("x", "one service"), "b": ("z", "tools alike")}


def test_kin_among_the_held_out_themselves_do_not_count() -> None:
    held_out = [sketch("a", "aws.connect"), sketch("b", "aws.connect")]
    assert kin_of(held_out, [sketch("c")]) == {}
