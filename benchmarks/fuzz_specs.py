"""Reads thousands of spoilt OpenAPI descriptions, and prints what became of them.

Takes descriptions from the given files and folders (without any, two written here), spoils each in
seeded ways and reads the result.  A reading may reject anything, but it must account for every
operation, give tools that can be stored and understood, and raise nothing; a mutant with which it
does not is kept in the temporary folder that is named.

    python benchmarks/fuzz_specs.py [--count 2000] [--seed 0] [PATH...]
"""

import argparse
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml

from agentscaler.corpus.openapi import looks_like_openapi, openapi_services
from agentscaler.corpus.openapi_files import DOCUMENT_SUFFIXES, load_document
from agentscaler.corpus.openapi_operations import operation_labels
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.references import References
from agentscaler.errors import InputError
from agentscaler.graph.operation import read_operation

LARGEST = 200_000
"""Bytes of the largest description that is spoilt."""
YAML_LARGEST = 20_000
HOLE = "hole-to-be-filled"
COLUMNS = ("tools", "rejected", "bad file", "nothing", "defects")

FERRY: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Ferry API", "version": "1.2", "license": {"name": "CC0"}},
    "servers": [{"url": "https://api.ferry.example.org/v1"}],
    "security": [{"key": []}],
    "paths": {
        "/crossings": {
            "parameters": [{"$ref": "#/components/parameters/Route"}],
            "get": {
                "operationId": "listCrossings",
                "summary": "Lists crossings.",
                "parameters": [{"name": "day", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"$ref": "#/components/responses/Crossings"}},
            },
            "post": {
                "tags": ["crossings"],
                "description": "Adds a crossing.",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Crossing"}}
                    }
                },
                "responses": {"201": {"description": "Made."}},
            },
        },
        "/crossings/{crossingId}": {
            "delete": {
                "operationId": "Crossings_Delete",
                "deprecated": True,
                "parameters": [
                    {"name": "crossingId", "in": "path", "required": True, "schema": {}}
                ],
                "responses": {"204": {"description": "Gone."}},
            }
        },
    },
    "components": {
        "parameters": {"Route": {"name": "route", "in": "query", "schema": {"type": "string"}}},
        "responses": {
            "Crossings": {
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/Crossing"},
                        }
                    }
                }
            }
        },
        "schemas": {
            "Timed": {"type": "object", "properties": {"leaves": {"format": "date-time"}}},
            "Crossing": {
                "allOf": [
                    {"$ref": "#/components/schemas/Timed"},
                    {
                        "required": ["ship"],
                        "properties": {
                            "id": {"type": "string", "readOnly": True},
                            "ship": {"oneOf": [{"type": "string"}, {"type": "object"}]},
                            "class": {"type": "string", "enum": ["car", "foot"]},
                            "next": {"$ref": "#/components/schemas/Crossing"},
                        },
                    },
                ]
            },
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}},
    },
}
BAKERY: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Bakery", "version": "2020-01-01-preview"},
    "host": "bakery.example.net",
    "paths": {
        "/loaves/{id}": {
            "put": {
                "operationId": "loaves/update",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "integer"},
                    {"name": "loaf", "in": "body", "schema": {"$ref": "#/definitions/Loaf"}},
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/Loaf"}}},
            }
        },
        "/orders": {
            "post": {
                "parameters": [{"name": "count", "in": "formData", "type": "integer"}],
                "responses": {"default": {"schema": {"type": "object"}}},
            }
        },
    },
    "definitions": {
        "Loaf": {
            "type": "object",
            "properties": {
                "id": {"type": "integer", "format": "int64"},
                "flour": {"type": "array", "items": {"type": "string", "enum": ["rye", "oat"]}},
                "halves": {"type": "array", "items": {"$ref": "#/definitions/Loaf"}},
            },
        }
    },
}

Place = tuple[Any, Any]
Spoil = Callable[[dict[str, Any], random.Random], "bytes | None"]
JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, "", "text", "$ref", [], {}, [[]], [None], {"": {}}),
    *({"$ref": 7}, {"$ref": "#"}, {"$ref": "#/paths"}, {"type": ["null", {}]}, {"enum": "x"}),
    *(["a", 1, None], {"properties": []}, {"allOf": [1, None, []]}, {"oneOf": [{}]}, {"200": []}),
)
REFERENCES = (
    *("#", "#/", "#/paths/~1crossings", "#/components/schemas/Crossing", "#/definitions/Loaf"),
    *("http://example.org/x.json#/a", "../../../../etc/passwd", "%00", "nowhere.yaml#/a"),
    *("#/%zz/~2", "file:///etc/passwd", "spec.json#/info", "", "#no-slash", "//host/share"),
)


def places(node: Any) -> Iterator[Place]:
    """All (container, key) below a node."""
    stack = [node]
    while stack:
        node = stack.pop()
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            yield node, key
            if isinstance(value, dict | list):
                stack.append(value)


def put(document: dict[str, Any], rng: random.Random, value: Any) -> None:
    container, key = rng.choice(list(places(document)))
    container[key] = value


def delete(document: dict[str, Any], rng: random.Random) -> None:
    container, key = rng.choice(list(places(document)))
    del container[key]


def swap(document: dict[str, Any], rng: random.Random) -> None:
    put(document, rng, json.loads(json.dumps(rng.choice(JUNK))))


def transplant(document: dict[str, Any], rng: random.Random) -> None:
    container, key = rng.choice(list(places(document)))
    put(document, rng, json.loads(json.dumps(container[key])))


def refer(document: dict[str, Any], rng: random.Random) -> None:
    put(document, rng, {"$ref": rng.choice(REFERENCES)})


def rename(document: dict[str, Any], rng: random.Random) -> None:
    mappings = [place for place in places(document) if isinstance(place[0], dict)]
    container, key = rng.choice(mappings)
    container[rng.choice(["", "a" * 5000, "$ref", "~1/%2F", "日本", "x-", "\x00"])] = container.pop(
        key
    )


def cycle(document: dict[str, Any], rng: random.Random) -> None:
    """Schemas that are made of themselves, directly or around a corner."""
    word = rng.choice(["allOf", "oneOf", "anyOf"])
    home = document.setdefault("definitions", {})
    if isinstance(home, dict):
        home["A"] = {word: [{"$ref": "#/definitions/B"}]}
        home["B"] = rng.choice([{"$ref": "#/definitions/A"}, {word: [{"$ref": "#/definitions/A"}]}])
    put(document, rng, {"$ref": "#/definitions/A"})


def chain(document: dict[str, Any], rng: random.Random) -> None:
    """Schemas each made of the next, or of the next twice."""
    word, times = rng.choice(["allOf", "oneOf", "$ref"]), rng.choice([1, 2])
    home = document.setdefault("definitions", {})
    for number in range(3000 if isinstance(home, dict) else 0):
        one = {"$ref": f"#/definitions/S{number + 1}"}
        home[f"S{number}"] = one if word == "$ref" else {word: [one] * times}
    put(document, rng, {"$ref": "#/definitions/S0"})


def huge_enum(document: dict[str, Any], rng: random.Random) -> None:
    put(document, rng, {"type": "string", "enum": [f"v{n}" for n in range(20_000)]})


def numbers(document: dict[str, Any], rng: random.Random) -> None:
    odd: list[Any] = [float("nan"), float("inf"), 2**70, -(2**70), 10**400, 1e308]
    put(document, rng, rng.choice([*odd, {"enum": odd}, {"const": 2**70}]))


def surrogates(document: dict[str, Any], rng: random.Random) -> None:
    put(document, rng, rng.choice(["\ud800", "a\udfffb", {"\ud800": {"type": "string"}}]))


def nesting(document: dict[str, Any], rng: random.Random) -> bytes:
    put(document, rng, HOLE)
    depth = rng.choice([100, 900, 5000, 100_000])
    head, tail = rng.choice([("[", "]"), ('{"items":', "}"), ('{"allOf":[', "]}")])
    text = json.dumps(document)
    return text.replace(f'"{HOLE}"', head * depth + "{}" + tail * depth).encode()


def truncate(document: dict[str, Any], rng: random.Random) -> bytes:
    data = json.dumps(document, indent=rng.choice([None, 1])).encode()
    return data[: rng.randrange(len(data))]


def encode(document: dict[str, Any], rng: random.Random) -> bytes:
    info = document.get("info")
    if isinstance(info, dict):
        info["title"] = "Fähre №1"
    text = json.dumps(document, ensure_ascii=False)
    kind = rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"])
    return text.encode(kind, "replace")


def flip(document: dict[str, Any], rng: random.Random) -> bytes:
    data = bytearray(json.dumps(document).encode())
    for _ in range(rng.choice([1, 5, 50])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def as_yaml(document: dict[str, Any], rng: random.Random) -> bytes | None:
    """YAML with a line spoilt."""
    if len(json.dumps(document)) > YAML_LARGEST:
        return None
    lines = yaml.safe_dump(document).split("\n")
    spoilt = [
        "a: b: c",
        "\t- x",
        "? [a]: b",
        "&a [*a]",
        "<<: *none",
        "!!python/object:os.x {}",
        "%",
    ]
    lines[rng.randrange(len(lines))] = rng.choice([*spoilt, "on: 2001-01-01", "- : -", "'"])
    return "\n".join(lines).encode()


def bomb(document: dict[str, Any], rng: random.Random) -> bytes:
    """YAML whose aliases double at each level, in a mapping, a list or a merge."""
    form = rng.choice(["[*{0}, *{0}]", "{{x: *{0}, y: *{0}}}", "{{<<: [*{0}, *{0}], z{1}: 1}}"])
    lines = [f"k{n}: &a{n} " + form.format(f"a{n - 1}", n) for n in range(1, 60)]
    return "\n".join(["k0: &a0 {p: 1}", *lines, "schema: *a59", "openapi: 3.0.0"]).encode()


MUTATIONS: dict[str, Callable[[dict[str, Any], random.Random], bytes | None]] = {
    "delete a key": delete,
    "swap a type": swap,
    "transplant": transplant,
    "odd reference": refer,
    "odd key": rename,
    "cycle": cycle,
    "chain of 3,000": chain,
    "huge enum": huge_enum,
    "NaN, 70 bits": numbers,
    "lone surrogate": surrogates,
    "deep nesting": nesting,
    "truncate": truncate,
    "wrong encoding": encode,
    "flip bytes": flip,
    "YAML": as_yaml,
    "YAML bomb": bomb,
}
"""Each spoils a document in place, or gives the bytes of the spoilt file."""


def mutant(document: dict[str, Any], name: str, rng: random.Random) -> bytes:
    copy = json.loads(json.dumps(document))
    if name not in {"truncate", "YAML bomb"}:
        for _ in range(rng.choice([0, 0, 1, 3])):
            rng.choice([delete, swap])(copy, rng)
        copy = copy or {"openapi": "3.0.0"}
    data = MUTATIONS[name](copy, rng)
    return json.dumps(copy).encode() if data is None else data


def outcome(path: Path) -> str:
    """How reading one file ended; raises whatever it raises."""
    services = openapi_services(path)
    readings = [service.read() for service in services]
    tools = [tool for reading in readings for tool in reading.tools]
    rejections = [rejection for reading in readings for rejection in reading.rejections]
    assert len({tool.id for tool in tools}) == len(tools), "ids are not unique"
    for tool in tools:
        orjson.dumps(tool.model_dump())
        read_operation(tool)
    if any(rejection.reason == PoolReason.BAD_FILE for rejection in rejections):
        return "bad file"
    content = load_document(path)
    labels = []
    if looks_like_openapi(content):
        labels = operation_labels(References(content, path, path.parent))
    assert len(tools) + len(rejections) == len(labels), "an operation is lost"
    return "tools" if tools else "rejected" if rejections else "nothing"


def originals(paths: list[Path]) -> list[dict[str, Any]]:
    """The descriptions to spoil."""
    if not paths:
        return [FERRY, BAKERY]
    files = [
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    found = []
    for file in files:
        if file.suffix in DOCUMENT_SUFFIXES and file.stat().st_size <= LARGEST:
            try:
                document = load_document(file)
            except InputError:
                continue
            if looks_like_openapi(document) and document.get("paths"):
                found.append(document)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    documents = originals(options.paths)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    slowest: dict[str, float] = defaultdict(float)
    folder = Path(tempfile.mkdtemp(prefix="specs-"))
    for number in range(options.count):
        name = list(MUTATIONS)[number % len(MUTATIONS)]
        path = folder / f"{number}.{'yaml' if 'YAML' in name else 'json'}"
        path.write_bytes(mutant(rng.choice(documents), name, rng))
        start = time.process_time()
        try:
            ended = outcome(path)
        except Exception:
            ended = "defects"
            print(path, traceback.format_exc(), file=sys.stderr)
        else:
            path.unlink()
        table[name][ended] += 1
        slowest[name] = max(slowest[name], time.process_time() - start)
    print(f"{options.count} mutants of {len(documents)} descriptions, seed {options.seed}\n")
    print(f"{'mutation':16}", *(f"{column:>9}" for column in COLUMNS), "  slowest, s")
    for name, counts in table.items():
        cells = (f"{counts[column]:9}" for column in COLUMNS)
        print(f"{name:16}", *cells, f"{slowest[name]:12.2f}")
    total = sum(table.values(), Counter())
    print(f"{'all':16}", *(f"{total[column]:9}" for column in COLUMNS))
    return 1 if total["defects"] else 0


if __name__ == "__main__":
    sys.exit(main())
