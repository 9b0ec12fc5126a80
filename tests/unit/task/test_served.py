"""What tools can do at all, read off their contracts."""

import pytest

from agentscaler.domain.domain import Domain, DomainManifest
from agentscaler.task.served import (
    changes_column,
    deletes_from,
    inserts_into,
    is_told_in_full,
    spoken_words,
)
from agentscaler.world.contract import Contract
from tests.unit.specials import shop


@pytest.fixture
def manifest() -> DomainManifest:
    return shop().manifest


def test_rows_are_deleted_where_a_tool_deletes_them(manifest: DomainManifest) -> None:
    assert deletes_from(manifest, "order_items")
    assert not deletes_from(manifest, "orders")
    assert not deletes_from(manifest, "order")


def test_rows_are_added_where_a_tool_adds_them(manifest: DomainManifest) -> None:
    assert inserts_into(manifest, "returns")
    assert not inserts_into(manifest, "customers")


def test_a_column_changes_where_a_tool_sets_it_first_or_later(manifest: DomainManifest) -> None:
    assert changes_column(manifest, "orders", "status")
    assert changes_column(manifest, "orders", "delivery_fee")
    assert changes_column(manifest, "vouchers", "order_id")
    assert not changes_column(manifest, "customers", "name")
    assert not changes_column(manifest, "products", "name")


def test_a_column_that_is_only_read_in_a_change_does_not_change(manifest: DomainManifest) -> None:
    assert not changes_column(manifest, "variants", "price")


def test_rows_that_are_deleted_and_made_anew_can_hold_anything(manifest: DomainManifest) -> None:
    assert changes_column(manifest, "order_items", "unit_price")


def test_a_write_without_a_contract_leaves_open_what_it_does(manifest: DomainManifest) -> None:
    assert is_told_in_full(manifest)
    silent = [
        tool.model_copy(update={"contract": None}) if tool.name == "cancel_order" else tool
        for tool in manifest.tools
    ]
    assert not is_told_in_full(manifest.model_copy(update={"tools": tuple(silent)}))


def test_an_upsert_changes_every_column() -> None:
    manifest = shop().manifest
    effect = "INSERT INTO products VALUES (:a) ON CONFLICT (product_id) DO UPDATE SET name = :b"
    tools = [
        tool.model_copy(update={"contract": Contract(effects=(effect,))})
        if tool.name == "cancel_order"
        else tool
        for tool in manifest.tools
    ]

    assert changes_column(manifest.model_copy(update={"tools": tuple(tools)}), "products", "name")


def test_words_are_those_of_names_descriptions_and_parameters(box_office: Domain) -> None:
    words = spoken_words(box_office.manifest)

    assert {"show", "venue"} <= words
    assert "spreadsheet" not in words
