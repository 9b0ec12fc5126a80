"""What tool source may and may not contain, and what stops it when it runs wild."""

from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.errors import GuardError
from agentscaler.world.guard import check
from agentscaler.world.world import Breach, ContractError, World

REFUSED = {
    "import": "import os",
    "from import": "from os import system",
    "import in a function": "def f(db):\n    import os",
    "class": "class A:\n    pass",
    "global": "def f(db):\n    global x",
    "nonlocal": "def f(db):\n    x = 1\n    def g():\n        nonlocal x",
    "with": "def f(db):\n    with db:\n        pass",
    "async": "async def f(db):\n    pass",
    "yield": "def f(db):\n    yield 1",
    "assert": "def f(db):\n    assert db",
    "match": "def f(db):\n    match db:\n        case _:\n            pass",
    "matrix product": "def f(db):\n    return db @ db",
    "decorator": "@print\ndef f(db):\n    pass",
    "eval": "def f(db):\n    return eval('1')",
    "exec": "def f(db):\n    exec('1')",
    "open": "def f(db):\n    return open('/etc/passwd')",
    "getattr": "def f(db):\n    return getattr(db, 'x')",
    "type": "def f(db):\n    return type('A', (), {})",
    "globals": "def f(db):\n    return globals()",
    "hash": "def f(db):\n    return hash('a')",
    "id": "def f(db):\n    return id(db)",
    "BaseException": "def f(db):\n    try:\n        pass\n    except BaseException:\n        pass",
    "bare except": "def f(db):\n    try:\n        pass\n    except:\n        pass",
    "return in finally": "def f(db):\n    try:\n        pass\n    finally:\n        return 1",
    "continue in finally": (
        "def f(db):\n    for x in 'ab':\n        try:\n            pass\n"
        "        finally:\n            if x:\n                continue"
    ),
    "dunder walk": "def f(db):\n    return ().__class__.__base__.__subclasses__()",
    "dunder name": "def f(db):\n    return __builtins__",
    "private attribute": "def f(db):\n    return db._database",
    "full-width underscore": "def f(db):\n    return db.＿database",
    "private function": "def _f(db):\n    pass",
    "private argument": "def f(db, _x):\n    pass",
    "private keyword": "def f(db):\n    return dict(_x=1)",
    "metering name": "def f(db):\n    __tick__ = 1",
    "generator frame": "def f(db):\n    g = (x for x in 'ab')\n    return g.gi_frame",
    "traceback frame": (
        "def f(db):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n"
        "        return e.with_traceback"
    ),
    "exception object": (
        "def f(db):\n    try:\n        db.x()\n    except Exception as e:\n        return e.obj"
    ),
    "exception arguments": (
        "def f(db):\n    try:\n        db.one(1)\n    except Exception as e:\n        return e.args"
    ),
    "str.format": "def f(db):\n    return '{0.one}'.format(db)",
    "format_map": "def f(db):\n    return '{x}'.format_map({})",
    "wide format": "def f(db):\n    return f'{1:999999999}'",
    "computed format": "def f(db, w):\n    return f'{1:{w}}'",
    "attribute assignment": "def f(db):\n    db.one = 1",
    "augmented attribute": "def f(db):\n    db.one += 1",
    "attribute deletion": "def f(db):\n    del db.one",
    "slice assignment": "def f(db, a):\n    a[len(a):] = a",
    "bounded method passed on": "def f(db):\n    return map('a'.zfill, [10**9])",
    "mutable default": "def f(db, a=[]):\n    pass",
    "lambda default": "def f(db):\n    return lambda a={}: a",
    "computed constant": "X = len('a')",
    "call at the top level": "print('a')",
    "loop at the top level": "while True:\n    pass",
    "bytes": "def f(db):\n    return b'a'",
    "huge integer": "def f(db):\n    return 99999999999999999999999999",
    "two functions of one name": "def f(db):\n    pass\ndef f(db):\n    pass",
    "function named as a built-in": "def len(db):\n    pass",
    "unknown name": "def f(db):\n    return datetime",
    "not Python": "def f(db:\n",
    "null byte": "def f(db):\n    pass\0",
    "deep nesting": "def f(db):\n    return " + "(" * 500 + "1" + ")" * 500,
    "deep unary": "def f(db):\n    return " + "-" * 100_000 + "1",
    "long source": "# " + "x" * 200_001,
}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED.keys())
def test_hostile_source_is_refused(source: str) -> None:
    with pytest.raises(GuardError):
        check(source)


def test_a_refusal_names_the_line_and_what_is_refused() -> None:
    with pytest.raises(GuardError, match=r"Line 3: import is refused\. .*without imports"):
        check("def f(db):\n    x = 1\n    import os\n    return x\n")


def test_ordinary_tool_code_passes(shop_source: str) -> None:
    assert check(shop_source).body


def test_annotations_are_not_held_against_the_list() -> None:
    source = """
def f(db, a: Optional[str] = None) -> Dict[str, Any]:
    x: List[int] = [1]
    y: int
    return x
"""
    assert check(source).body


RUNAWAYS = {
    "endless loop": "while True:\n    pass",
    "endless loop that catches": (
        "while True:\n    try:\n        for x in range(9999):\n            pass\n"
        "    except Exception:\n        pass"
    ),
    "nested comprehension": "[x for x in range(99999) for y in range(99999)]",
    "generator": "return sum(1 for x in range(99999) for y in range(99999))",
    "lambda": "return [n for n in map(lambda n: [m for m in range(9999)], range(99999))]",
    "charged built-in": "x = list(range(99999))\nfor n in range(9999):\n    sorted(x)",
    "mutual recursion": ("def g(n):\n    if n:\n        g(n - 1)\n        g(n - 1)\ng(60)"),
    "many large lists": "return [[0] * 200000 for _ in range(99999)]",
    "many large dicts": "return [dict.fromkeys(range(99999)) for _ in range(99999)]",
    "many unpacked dicts": ("d = dict.fromkeys(range(9999))\nreturn [{**d} for _ in range(99999)]"),
    "many copies": "a = [0] * 99999\nreturn [a.copy() for _ in range(99999)]",
    "many slices": "a = [0] * 99999\nreturn [a[:] for _ in range(99999)]",
    "many texts": "a = 'a' * 99999\nreturn [a.upper() for _ in range(99999)]",
    "many f-strings": "a = 'a' * 99999\nreturn [f'{a}' for _ in range(99999)]",
    "slow searches": "a = [0] * 99999\nreturn [a.count(1) for _ in range(99999)]",
    "too many rows": (
        "return db.all('WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r"
        " LIMIT 99999) SELECT x FROM r')"
    ),
    "infinite query": (
        "db.all('WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r)"
        " SELECT count(*) AS n FROM r')"
    ),
    "infinite query, caught": (
        "try:\n    db.all('WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r)"
        " SELECT count(*) AS n FROM r')\nexcept Exception:\n    return {}"
    ),
}


@pytest.mark.parametrize("body", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_runaway_is_stopped(world_of: Callable[..., World], body: str) -> None:
    with pytest.raises(ContractError) as caught:
        world_of(body).call("tool", {})
    assert caught.value.breach is Breach.EXHAUSTED


def test_endless_recursion_is_stopped(world_of: Callable[..., World]) -> None:
    world = world_of("return f(1)", before="def f(n):\n    return f(n + 1)\n")
    with pytest.raises(ContractError, match="RecursionError"):
        world.call("tool", {})


BOMBS = {
    "power": "return 9 ** 9 ** 9",
    "float power": "return 1e300 ** 64",
    "power built-in": "return pow(10, 10 ** 9)",
    "shift": "return 1 << 10 ** 9",
    "product": "n = 10\nfor _ in range(99):\n    n *= n\nreturn n",
    "sum of numbers": "n = 1\nfor _ in range(9999):\n    n += n\nreturn n",
    "repeated text": "return 'a' * 10 ** 9",
    "repeated list": "return [0] * 10 ** 9",
    "repeat in place": "d = {'a': 'x'}\nd['a'] *= 10 ** 9",
    "doubled text": "s = 'a'\nfor _ in range(60):\n    s = s + s\nreturn s",
    "doubled in place": "s = [1]\nfor _ in range(60):\n    s += s\nreturn s",
    "doubled by extend": "s = [1]\nfor _ in range(60):\n    s.extend(s)\nreturn s",
    "doubled by a display": "s = [1]\nfor _ in range(60):\n    s = [*s, *s]\nreturn s",
    "doubled by an f-string": "s = 'a'\nfor _ in range(60):\n    s = f'{s}{s}'\nreturn s",
    "squared by replace": "s = 'aaaa'\nfor _ in range(9):\n    s = s.replace('a', s)\nreturn s",
    "joined": "s = 'a' * 9999\nreturn s.join([s] * 9999)",
    "padded": "return 'a'.ljust(10 ** 9)",
    "zero filled": "return 'a'.zfill(10 ** 9)",
    "percent width": "return '%999999999d' % 1",
    "percent width with a key": "return '%(a)999999999d' % {'a': 1}",
    "percent star": "return '%*d' % (10 ** 9, 1)",
    "range": "return list(range(10 ** 9))",
    "rounding": "return round(1, -10 ** 9)",
    "text of a large list": "s = 'a' * 9999\nreturn str([s] * 9999)",
    "text of a nested list": "a = []\nfor _ in range(999):\n    a = [a]\nreturn str(a)",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_before_it_is_built(world_of: Callable[..., World], body: str) -> None:
    result = world_of(body).call("tool", {})
    assert result.error is not None
    assert "too large" in result.error


SQL = {
    "ATTACH": "ATTACH 'x.db' AS x",
    "DETACH": "DETACH main",
    "PRAGMA": "PRAGMA writable_schema = 1",
    "VACUUM INTO": "VACUUM INTO 'x.db'",
    "CREATE": "CREATE TABLE x (a)",
    "DROP": "DROP TABLE orders",
    "ALTER": "ALTER TABLE orders ADD COLUMN x",
    "EXPLAIN": "EXPLAIN SELECT 1",
    "BEGIN": "BEGIN",
    "COMMIT": "COMMIT",
    "SAVEPOINT": "SAVEPOINT x",
    "two statements": "SELECT 1; COMMIT",
    "leading comment": "/* SELECT */ COMMIT",
    "empty": "",
    "random": "SELECT random()",
    "randomblob": "SELECT randomblob(9)",
    "clock": "SELECT datetime('now')",
    "epoch": "SELECT unixepoch('now')",
    "current_timestamp": "SELECT current_timestamp",
    "strftime": "SELECT strftime('%s', 'now')",
    "zeroblob": "SELECT length(zeroblob(1000000000))",
    "printf": "SELECT printf('%999999999d', 1)",
    "load_extension": "SELECT load_extension('x')",
    "sqlite_version": "SELECT sqlite_version()",
    "schema table": "SELECT sql FROM sqlite_master",
    "schema table, aliased": "SELECT x.sql FROM SQLITE_SCHEMA AS x",
    "count of the schema table": "SELECT count(*) FROM sqlite_schema",
    "internal table": "SELECT * FROM _audit",
    "statistics table": "SELECT name FROM dbstat",
    "pragma function": "SELECT name FROM pragma_table_info('orders')",
    "write to an internal table": "INSERT INTO _audit VALUES ('x')",
    "undeclared write": "UPDATE products SET stock = 1",
    "write in a common table expression": "WITH a AS (SELECT 1) DELETE FROM products",
    "undeclared cascade": "DELETE FROM orders WHERE order_id = 'order-1'",
    "undeclared replace": "REPLACE INTO products VALUES ('product-1', 1.0, 1)",
}


@pytest.mark.parametrize("sql", SQL.values(), ids=SQL.keys())
def test_hostile_sql_is_a_breach_even_when_caught(world_of: Callable[..., World], sql: str) -> None:
    body = f"try:\n    db.all({sql!r})\nexcept Exception:\n    return {{}}"
    world = world_of(body, "orders")
    with pytest.raises(ContractError) as caught:
        world.call("tool", {})
    assert caught.value.breach is Breach.OVERSTEPPED
    assert world.changeset() == ()


def test_a_lost_transaction_stops_the_tool(world_of: Callable[..., World]) -> None:
    body = """
db.run("UPDATE orders SET note = 'before'")
try:
    db.run("INSERT OR ROLLBACK INTO orders SELECT * FROM orders LIMIT 1")
except Exception:
    pass
db.run("UPDATE orders SET note = 'after'")
raise ToolError("no")
"""
    world = world_of(body, "orders")
    with pytest.raises(ContractError):
        world.call("tool", {})
    assert world.changeset() == ()
    assert world.query("SELECT count(*) AS n FROM orders") == [{"n": 8}]


def test_text_of_a_function_is_refused_for_it_differs_between_processes(
    world_of: Callable[..., World],
) -> None:
    for body in ("return f'{db.one}'", "return str(lambda: 1)", "return '%s' % db.now"):
        with pytest.raises(ContractError, match="cannot be shown as text"):
            world_of(body).call("tool", {})


def _value(world: World) -> Any:
    result = world.call("tool", {})
    assert result.error is None
    return result.value


def test_sets_keep_the_order_of_their_members(world_of: Callable[..., World]) -> None:
    names = ["delta", "alpha", "echo", "bravo", "charlie"]
    bodies = {
        "return list({'delta', 'alpha', 'echo', 'bravo', 'charlie'})": names,
        f"return list(set({names}))": names,
        f"return [n for n in {{n for n in {names}}}]": names,
        f"d = dict.fromkeys({names})\nreturn list(d.keys() & {{'echo', 'delta'}})": [
            "delta",
            "echo",
        ],
        f"return list(set({names}).union(['zulu']) - {{'echo'}})": [
            *("delta", "alpha", "bravo", "charlie", "zulu")
        ],
    }
    for body, expected in bodies.items():
        assert _value(world_of(body)) == expected


def test_constants_cannot_carry_state_from_call_to_call(world_of: Callable[..., World]) -> None:
    before = "SEEN = {'a': [1]}\nNAMES = ['x']\nKINDS = {'p'}\n"
    changes = (
        "SEEN['b'] = 1",
        "SEEN['a'].append(2)",
        "NAMES.append('y')",
        "NAMES[0] = 'z'",
        "KINDS.add('q')",
        "SEEN.update({'c': 1})",
    )
    for body in changes:
        with pytest.raises(ContractError, match=r"TypeError|AttributeError"):
            world_of(body, before=before).call("tool", {})


def test_safe_python_works_as_python_does(world_of: Callable[..., World]) -> None:
    body = """
totals = {}
for name, amount in [("a", 1), ("b", 2), ("a", 3)]:
    totals[name] = totals.get(name, 0)
    totals[name] += amount
alias = names = ["x"]
names += ["y"]
first = next((n for n in names if n > "x"), None)
count = 7
count -= 2
count **= 2
return {
    "totals": totals, "alias": alias, "first": first, "count": count, "left": 17 % 5,
    "text": f"{3.14159:.2f}|{'a':>3}|{names!r}", "percent": "%s has %d" % ("a", 3),
    "kinds": [isinstance("a", str), isinstance([], (dict, list)), isinstance(True, int)],
    "sorted": sorted({"b": 1, "a": 2}.items(), key=lambda pair: pair[1]) == [("b", 1), ("a", 2)],
    "rounded": round(2.675, 2), "joined": ", ".join(n.upper() for n in names),
    "unpacked": [*names, *range(2)], "walrus": [y for n in names if (y := n * 2)],
}
"""
    assert _value(world_of(body)) == {
        "totals": {"a": 4, "b": 2},
        "alias": ["x", "y"],
        "first": "y",
        "count": 25,
        "left": 2,
        "text": "3.14|  a|['x', 'y']",
        "percent": "a has 3",
        "kinds": [True, True, True],
        "sorted": True,
        "rounded": 2.67,
        "joined": "X, Y",
        "unpacked": ["x", "y", 0, 1],
        "walrus": ["xx", "yy"],
    }
