import json
from pathlib import Path

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import Domain, build_domains, load_domain, save_domain
from agentscaler.domain.domain import Column, Table, ToolKind
from agentscaler.domain.populate import populate
from agentscaler.domain.settings import DomainSettings
from agentscaler.engine import LocalEngine
from agentscaler.errors import InputError
from agentscaler.graph import build_graph
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.world import World


def test_resources_become_tables_tied_by_foreign_keys(box_office: Domain) -> None:
    tables = box_office.manifest.table
    assert list(tables) == ["show_visitors", "shows", "venues", "visitors"]
    assert tables["shows"].by_name["venue_id"].references == "venues"
    assert tables["shows"].status == "status"
    assert tables["visitors"].label == "full_name"
    assert tables["show_visitors"].key == ("show_id", "visitor_id")


def test_a_python_keyword_is_no_column_name(box_office: Domain) -> None:
    assert "show_class" in box_office.manifest.table["shows"].by_name


def test_enum_placeholders_are_left_out(box_office: Domain) -> None:
    status = box_office.manifest.table["shows"].by_name["status"]
    assert status.enum == ("SCHEDULED", "ON_SALE", "CANCELLED")


def test_operations_become_tools_of_their_kind(box_office: Domain) -> None:
    kinds = {tool.name: tool.kind for tool in box_office.manifest.tools}
    assert kinds["create_show"] is ToolKind.CREATE
    assert kinds["cancel_show"] is ToolKind.TRANSITION
    assert kinds["add_visitor_to_show"] is ToolKind.LINK
    assert kinds["remove_visitor_from_show"] is ToolKind.UNLINK


def test_an_action_of_unknown_effect_is_turned_away(box_office_tools: list[ToolSpec]) -> None:
    reasons = {}
    for outcome in build_domains(build_graph(box_office_tools), box_office_tools):
        reasons |= {rejection.id: rejection.reason for rejection in outcome.rejections}
    assert reasons["local.box-office.PaintShow"] == "unknown_effect"


def test_descriptions_say_what_goes_in_and_what_comes_out(box_office: Domain) -> None:
    description = box_office.manifest.tool["create_show"].description
    assert "Needs venue_id and title" in description
    assert "Returns the new show with its show_id." in description


def test_the_policy_tells_every_rule_but_bounds_which_parameters_tell(box_office: Domain) -> None:
    assert "- A show can be cancelled with cancel_show only while it is scheduled or on sale." in (
        box_office.policy
    )
    for rule in box_office.manifest.rules:
        assert (rule.text in box_office.policy) == (rule.pattern != "range")


def test_every_tool_is_certified(box_office: Domain) -> None:
    assert box_office.certificate.holds
    assert set(box_office.certificate.tools) == set(box_office.manifest.tool)
    assert all(count.successes for count in box_office.certificate.tools.values())


def test_a_transition_is_refused_from_the_wrong_status(box_office: Domain) -> None:
    with box_office.world("medium") as world:
        (show,) = world.query("SELECT * FROM shows WHERE status = 'CANCELLED' LIMIT 1")
        refused = world.call("cancel_show", {"show_id": show["show_id"]})
        assert refused.error == (
            f"show {show['show_id']} is CANCELLED, it must be SCHEDULED or ON_SALE"
        )
        (show,) = world.query("SELECT * FROM shows WHERE status = 'ON_SALE' LIMIT 1")
        assert world.call("cancel_show", {"show_id": show["show_id"]}).value["status"] == (
            "CANCELLED"
        )


def test_a_row_that_others_refer_to_cannot_be_deleted(box_office: Domain) -> None:
    with box_office.world("medium") as world:
        (used,) = world.query("SELECT venue_id FROM shows LIMIT 1")
        result = world.call("delete_venue", used)
        assert result.error is not None
        assert "still used by" in result.error


def test_states_are_consistent_and_of_three_sizes(box_office: Domain) -> None:
    counts = []
    for state in ("small", "medium", "large"):
        with box_office.world(state) as world:
            assert world.broken_references() == []
            rows = world.query("SELECT name FROM venues")
            assert len({row["name"] for row in rows}) == len(rows)
            counts.append(len(rows))
    assert counts == sorted(counts)
    assert counts[0] < counts[2]


def test_what_a_person_is_called_and_written_to_agree(box_office: Domain) -> None:
    with box_office.world("large") as world:
        rows = world.query("SELECT full_name, email FROM visitors WHERE email IS NOT NULL")
    assert rows
    for row in rows:
        assert row["email"].startswith(row["full_name"].split(" ")[0].lower())


def test_the_same_tools_give_the_same_domain_in_any_number_of_processes(
    box_office: Domain, box_office_tools: list[ToolSpec]
) -> None:
    graph = build_graph(box_office_tools)
    with LocalEngine(2) as engine:
        twos = list(build_domains(graph, box_office_tools, engine=engine))
    ones = list(build_domains(graph, box_office_tools))
    assert twos == ones


def test_another_seed_gives_other_states(box_office_tools: list[ToolSpec]) -> None:
    graph = build_graph(box_office_tools)
    ones = [o.domain for o in build_domains(graph, box_office_tools, seed=1) if o.domain]
    twos = [o.domain for o in build_domains(graph, box_office_tools, seed=2) if o.domain]
    assert ones
    assert [one.manifest.id for one in ones] == [two.manifest.id for two in twos]
    assert all(one.states != two.states for one, two in zip(ones, twos, strict=True))


def test_too_few_tools_make_no_domain(box_office_tools: list[ToolSpec]) -> None:
    settings = DomainSettings(min_tools=30)
    outcomes = list(build_domains(build_graph(box_office_tools), box_office_tools, settings))
    assert all(outcome.domain is None for outcome in outcomes)
    assert "too_few_tools" in {r.reason for o in outcomes for r in o.rejections}


def test_no_tools_make_no_domains() -> None:
    assert list(build_domains(build_graph([]), [])) == []


def test_a_domain_comes_back_from_its_folder_as_it_was(box_office: Domain, tmp_path: Path) -> None:
    save_domain(box_office, tmp_path / "box")
    assert load_domain(tmp_path / "box") == box_office


@pytest.mark.parametrize("missing", ["domain.json", "tools.py", "certificate.json"])
def test_a_folder_with_a_part_missing_is_refused(
    box_office: Domain, tmp_path: Path, missing: str
) -> None:
    save_domain(box_office, tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(InputError, match=missing):
        load_domain(tmp_path)


def test_a_manifest_that_is_no_manifest_is_refused(box_office: Domain, tmp_path: Path) -> None:
    save_domain(box_office, tmp_path)
    (tmp_path / "domain.json").write_text(json.dumps({"id": 3}))
    with pytest.raises(InputError, match="cannot be read"):
        load_domain(tmp_path)


def test_an_owner_of_an_owner_is_the_same_by_either_way() -> None:
    def column(name: str, references: str | None = None) -> Column:
        return Column(name=name, type="text", references=references, nullable=False)

    tables = [
        Table(name="apps", noun="app", key=("app_id",), columns=(column("app_id"),)),
        Table(
            name="issues",
            noun="issue",
            key=("issue_id",),
            columns=(column("issue_id"), column("app_id", "apps")),
        ),
        Table(
            name="notes",
            noun="note",
            key=("note_id",),
            columns=(column("note_id"), column("app_id", "apps"), column("issue_id", "issues")),
        ),
    ]
    image = populate(tables, 12, "seed", "2026-05-05T10:00:00")
    with World(image, Toolbox.compile("", ()), now="2026-05-05T10:00:00") as world:
        rows = world.query(
            "SELECT n.app_id AS direct, i.app_id AS through FROM notes n JOIN issues i"
            " ON i.issue_id = n.issue_id"
        )
    assert len(rows) >= 12
    assert all(row["direct"] == row["through"] for row in rows)
