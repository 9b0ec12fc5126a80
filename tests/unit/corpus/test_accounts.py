"""The law of the pool: whatever is read is kept, rejected for a reason, or passed over."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.corpus import PoolReason, PoolSettings, load_corpus
from agentscaler.errors import InputError

NAMES = st.sampled_from(["get_order", "cancel_order", "class", "db", "list", "", "7", "注文"])
WORDS = st.sampled_from(
    ["Gets an order.", "Deprecated. Gets an order.", "", "获取订单信息，返回价格和数量", "x"]
)
RUBBISH = st.one_of(
    st.none(), st.integers(), st.text(max_size=5), st.just([]), st.just({"a": {"b": [1]}})
)
TYPES = st.sampled_from(["string", "integer", "object", "STRING", "List[int]", 7, None])
ENTRIES = st.fixed_dictionaries({"type": TYPES}, optional={"description": WORDS, "enum": RUBBISH})
TABLES = st.dictionaries(NAMES, st.one_of(ENTRIES, RUBBISH), max_size=4)
SCHEMAS = st.one_of(
    RUBBISH,
    TABLES,
    st.builds(lambda table: {"type": "object", "properties": table, "required": ["db"]}, TABLES),
)
GOOD = st.fixed_dictionaries(
    {"name": NAMES, "description": WORDS},
    optional={"parameters": SCHEMAS, "inputSchema": SCHEMAS, "returns": SCHEMAS},
)
SOUND = st.builds(
    lambda name, number: {"name": f"{name}_{number}", "parameters": {"type": "object"}},
    st.sampled_from(["get_order", "cancel_order", "class"]),
    st.integers(0, 5),
)
FUNCTIONS = st.one_of(SOUND, GOOD, RUBBISH)
LISTS = st.lists(FUNCTIONS, max_size=4)
LISTED = st.fixed_dictionaries({"name": NAMES, "type": TYPES})
APIS = st.fixed_dictionaries(
    {"name": NAMES, "description": WORDS},
    optional={"required_parameters": st.lists(st.one_of(LISTED, RUBBISH), max_size=3)},
)
OPERATIONS = st.one_of(
    RUBBISH, st.fixed_dictionaries({"summary": WORDS}, optional={"operationId": NAMES})
)
METHODS = st.fixed_dictionaries(
    {"httpMethod": st.sampled_from(["GET", "POST"]), "path": st.just("orders")},
    optional={"description": WORDS, "deprecated": st.booleans(), "parameters": TABLES},
)
DOCUMENTS = st.one_of(
    LISTS,
    st.builds(lambda tools: {"tools": tools}, LISTS),
    st.builds(lambda tools: [{"query": "q", "tools": json.dumps(tools)}], LISTS),
    st.builds(lambda tools: [{"question": "q", "function": tools}], LISTS),
    st.builds(
        lambda apis: {"tool_name": "Desk", "api_list": apis},
        st.lists(st.one_of(APIS, RUBBISH), max_size=4),
    ),
    st.builds(
        lambda operations: {
            "openapi": "3.0.0",
            "info": {"title": "Orders", "version": "1"},
            "paths": {f"/orders{n}": {"get": one} for n, one in enumerate(operations)},
        },
        st.lists(OPERATIONS, max_size=3),
    ),
    st.builds(
        lambda version, methods: {
            "kind": "discovery#restDescription",
            "name": "orders",
            "version": version,
            "resources": {"orders": {"methods": dict(enumerate(methods))}},
        },
        st.sampled_from(["v1", "v2beta"]),
        st.lists(st.one_of(METHODS, RUBBISH), max_size=3),
    ),
)
FILES = st.one_of(DOCUMENTS.map(json.dumps), st.sampled_from(["", "words", "{torn", "[[[[", "\0"]))
CHOICES = st.builds(
    PoolSettings,
    language=st.sampled_from(["en", "any"]),
    deprecated=st.sampled_from(["keep", "drop"]),
    older_versions=st.sampled_from(["keep", "drop"]),
    duplicates=st.sampled_from(["keep", "service", "provider", "everywhere"]),
    service_cap=st.sampled_from([None, 1, 3]),
    provider_cap=st.sampled_from([None, 1, 3]),
    limit=st.sampled_from([None, 1, 3]),
)


def write(folder: Path, contents: list[str]) -> None:
    for number, content in enumerate(contents):
        (folder / f"f{number}.json").write_text(content, encoding="utf-8")


@settings(max_examples=150, deadline=None)
@given(st.lists(FILES, min_size=1, max_size=5), CHOICES)
def test_what_is_read_is_kept_rejected_or_passed_over(
    contents: list[str], chosen: PoolSettings
) -> None:
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), contents)
        try:
            pool = load_corpus([name], chosen)
        except InputError:  # nothing in it can be read
            return
        again = load_corpus([name], chosen)
    assert pool == again
    assert pool.read == len(pool.tools) + len(pool.rejections) + pool.skipped
    (account,) = pool.sources
    assert account.read == pool.read
    assert account.kept == len(pool.tools)
    assert sum(account.rejected.values()) == len(pool.rejections)
    assert {one.reason for one in pool.rejections} <= set(PoolReason)
    assert len({tool.id for tool in pool.tools}) == len(pool.tools)
    assert bool(account.forms or account.unknown)
    for tool in pool.tools:
        assert tool.model_dump_json()
        check_kept(tool.model_dump(), chosen)


def check_kept(tool: dict[str, Any], chosen: PoolSettings) -> None:
    assert tool["parameters"]["type"] == "object"
    assert tool["licence"]
    assert tool["source"]
    assert tool["id"].startswith(tool["service"] + ".")
    assert chosen.deprecated == "keep" or not tool["description"].startswith("Deprecated")


@settings(max_examples=50, deadline=None)
@given(st.lists(DOCUMENTS.map(json.dumps), min_size=1, max_size=3))
def test_two_sources_are_accounted_for_apart_and_together(contents: list[str]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        write(Path(one), contents)
        write(Path(two), contents)
        try:
            pool = load_corpus([one, two])
        except InputError:
            return
    assert pool.read == sum(account.read for account in pool.sources)
    first, second = pool.sources
    assert first.read == second.read
    assert second.kept == 0 or first.kept > 0
