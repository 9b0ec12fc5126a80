"""Attacks on what runs tools: each a module whose `attack` returns "escaped" if it got through.

`passes` names the layers that, each alone, let an attack through.  Attacks with SQL are the gate's
business; the others it never sees.  SECRET, CANARY and PORT stand for a file that must not be read,
a file that must not be made, and a port of this machine that must not be reached.
"""

from dataclasses import dataclass
from textwrap import dedent, indent

__all__ = ["ESCAPES", "Escape"]


@dataclass(frozen=True)
class Escape:
    """One attack.

    Attributes:
        kind: what it goes for; a row of the table in docs/isolation.md.
        passes: of "guard", "gate" and "jail", those that do not stop it alone.
        is_sql: whether the database is what it attacks.
        calls: how many times it is called before its answer counts.
    """

    name: str
    kind: str
    source: str
    passes: frozenset[str]
    is_sql: bool = False
    calls: int = 1


ESCAPES: list[Escape] = []


def _add(
    kind: str, name: str, body: str, *, before: str = "", passes: str = "", calls: int = 1
) -> None:
    source = f"{dedent(before)}\ndef attack(db):\n{indent(dedent(body).strip(), '    ')}\n"
    layers = frozenset(passes.split())
    ESCAPES.append(Escape(name, kind, source, layers, kind == "SQL", calls))


def _sql(name: str, sql: str, *, call: str = "run", passes: str = "") -> None:
    _add("SQL", name, f"db.{call}({sql!r})\nreturn 'escaped'", passes=passes)


# imports
_add("imports", "import os", 'import os\nreturn "escaped"', passes="jail")
_add("imports", "from import", 'from posix import getpid\nreturn "escaped"', passes="jail")
_add("imports", "__import__", '__import__("posix")\nreturn "escaped"', passes="jail")
_add("imports", "a module not loaded yet", 'import sqlite3\nreturn "escaped"')
_add("imports", "importlib", 'import importlib\nimportlib.import_module("wave")\nreturn "escaped"')

# the inside of Python
_add(
    "Python's inside",
    "subclasses of object",
    'return "escaped" if ().__class__.__base__.__subclasses__() else ""',
    passes="jail",
)
_add(
    "Python's inside",
    "globals of a function",
    'attack.__globals__\nreturn "escaped"',
    passes="jail",
)
_add("Python's inside", "the facade's database", 'db._database\nreturn "escaped"', passes="jail")
_add("Python's inside", "getattr", 'getattr(db, "_database")\nreturn "escaped"', passes="jail")
_add("Python's inside", "built-ins", '__builtins__["open"]\nreturn "escaped"', passes="jail")
_add(
    "Python's inside",
    "code of its own",
    'exec("x = 1")\neval("1")\ncompile("1", "", "eval")\nreturn "escaped"',
    passes="jail",
)
_add(
    "Python's inside",
    "the worker's other worlds",
    """
    import gc
    for found in gc.get_objects():
        if type(found).__name__ == "World":
            found._database._connection.authorizer = None
            found._database._connection.execute("DELETE FROM notes")
    return ""
    """,
    passes="jail",
)
_add(
    "frames",
    "frame of a generator",
    'turns = (x for x in "ab")\nturns.gi_frame.f_globals\nreturn "escaped"',
    passes="jail",
)
_add(
    "frames",
    "frame of a traceback",
    """
    try:
        1 / 0
    except ZeroDivisionError as error:
        error.__traceback__.tb_frame.f_back.f_locals
        return "escaped"
    """,
    passes="jail",
)
_add(
    "frames",
    "object of an exception",
    """
    try:
        db.nothing()
    except AttributeError as error:
        return "escaped" if error.obj is db else ""
    """,
    passes="jail",
)
_add(
    "format strings",
    "attributes by str.format",
    'return "escaped" if "<class" in "{0.__class__}".format(db) else ""',
    passes="jail",
)
_add(
    "format strings",
    "attributes by format_map",
    'return "escaped" if "<class" in "{db.__class__}".format_map({"db": db}) else ""',
    passes="jail",
)
_add(
    "format strings",
    "address by repr",
    'return "escaped" if "0x" in repr(attack) else ""',
    passes="jail",
)
_add(
    "format strings",
    "address by f-string",
    'return "escaped" if "0x" in f"{db}" else ""',
    passes="jail",
)
_add(
    "metaclasses",
    "class body",
    'class Taken:\n    got = "escaped"\nreturn Taken.got',
    passes="jail",
)
_add(
    "metaclasses",
    "type()",
    'return type("Taken", (str,), {"x": 1})("escaped")[:]',
    passes="jail",
)
_add(
    "metaclasses",
    "comparison that lies",
    """
    class Lies(str):
        def __eq__(self, other):
            return True
        __hash__ = str.__hash__
    return {"value": Lies("escaped")}["value"] + ""
    """,
    passes="jail",
)
_add(
    "decorators",
    "decorator at import",
    'return "".join(taken)',
    before='taken = []\n@taken.append\ndef first(db):\n    return 1\ntaken[0] = "escaped"',
    passes="jail",
)
_add(
    "generators",
    "generator that goes on",
    """
    def turns():
        while True:
            yield 1
    return "escaped" if next(turns()) else ""
    """,
    passes="jail",
)
_add(
    "generators",
    "coroutine",
    'async def later():\n    return 1\nlater().close()\nreturn "escaped"',
    passes="jail",
)

# the host
_add("files", "read a file", 'return "escaped" if open("SECRET").read() else ""')
_add("files", "read by descriptor", 'import os\nos.open("SECRET", 0)\nreturn "escaped"')
_add("files", "make a file", 'open("CANARY", "w").write("x")\nreturn "escaped"')
_add("files", "list a folder", 'import os\nos.listdir("/")\nreturn "escaped"')
_add("files", "remove a file", 'import os\nos.remove("SECRET")\nreturn "escaped"')
_add("files", "rename a file", 'import os\nos.rename("SECRET", "CANARY")\nreturn "escaped"')
_add("files", "size of a file", 'import os\nos.stat("SECRET")\nreturn "escaped"')
_add("files", "link a file", 'import os\nos.symlink("SECRET", "CANARY")\nreturn "escaped"')
_add("files", "read its own process", 'return "escaped" if open("/proc/self/maps").read() else ""')
_add("files", "file in memory", 'import os\nos.memfd_create("x")\nreturn "escaped"')
_add("files", "device", 'open("/dev/urandom", "rb").read(1)\nreturn "escaped"')
_add(
    "files",
    "descriptors left open",
    """
    import os
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        return "escaped"
    """,
)
_add(
    "sockets",
    "connect to this machine",
    """
    import _socket
    one = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    one.connect(("127.0.0.1", PORT))
    return "escaped"
    """,
)
_add("sockets", "socket pair", 'import _socket\n_socket.socketpair()\nreturn "escaped"')
_add(
    "sockets",
    "name look-up",
    'import _socket\n_socket.getaddrinfo("localhost", 80)\nreturn "escaped"',
)
_add("processes", "fork", 'import os\nif os.fork() == 0:\n    os._exit(0)\nreturn "escaped"')
_add("processes", "shell", 'import os\nreturn "escaped" if os.system("true") == 0 else ""')
_add("crashes", "exec", 'import os\nos.execv("/bin/true", ["true"])')
_add("processes", "spawn", 'import os\nos.posix_spawn("/bin/true", ["true"], {})\nreturn "escaped"')
_add(
    "processes", "thread", 'import _thread\n_thread.start_new_thread(len, ("",))\nreturn "escaped"'
)
_add("processes", "kill the parent", 'import os\nos.kill(os.getppid(), 0)\nreturn "escaped"')
_add("processes", "kill everybody", 'import os\nos.kill(-1, 0)\nreturn "escaped"')
_add("crashes", "end the worker", "import os\nos._exit(3)")
_add(
    "processes",
    "higher limits",
    """
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    return "escaped"
    """,
)
_add(
    "ctypes",
    "system call",
    """
    import ctypes
    if ctypes.CDLL(None).syscall(39) > 0:
        return "escaped"
    """,
)
_add(
    "ctypes",
    "memory that runs",
    """
    import mmap
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    return "escaped"
    """,
)
_add("crashes", "null pointer", "import ctypes\nctypes.string_at(0)")
_add(
    "signals",
    "handler",
    "import signal\nsignal.signal(signal.SIGPROF, signal.SIG_IGN)\nreturn 'escaped'",
)
_add(
    "signals",
    "mask",
    "import signal\nsignal.pthread_sigmask(0, {signal.SIGPROF})\nreturn 'escaped'",
)
_add("crashes", "signal itself", "import signal\nsignal.raise_signal(signal.SIGKILL)")
_add(
    "signals",
    "timer off, then a loop",
    """
    import signal
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        pass
    """,
)
_add(
    "environment",
    "variables",
    'import os\nreturn "escaped" if os.environ else ""',
)
_add(
    "environment",
    "variable set",
    'import os\nos.environ["X"] = "1"\nreturn "escaped"',
    passes="jail",
)
_add("environment", "command line", 'import sys\nreturn "escaped" if sys.argv else ""')
_add("environment", "import path", 'import sys\nreturn "escaped" if sys.path else ""')
_add("environment", "user and host", 'import os\nos.uname()\nreturn "escaped"')
_add(
    "clock and randomness",
    "wall clock",
    'import time\nreturn "escaped" if time.time() else ""',
    passes="jail",
)
_add("clock and randomness", "random bytes", 'import os\nos.urandom(8)\nreturn "escaped"')
_add("clock and randomness", "sleep", 'import time\ntime.sleep(0.01)\nreturn "escaped"')
_add(
    "clock and randomness",
    "order of a set",
    'return "escaped" if list({"a", "b", "c", "d"}) != ["a", "b", "c", "d"] else ""',
    passes="jail",
)
_add("clock and randomness", "hash of text", 'return "escaped" if hash("a") else ""', passes="jail")
_add("clock and randomness", "identity", 'return "escaped" if id(db) else ""', passes="jail")

# state kept between calls
_add(
    "state between calls",
    "list of the module",
    'kept.append(1)\nreturn "escaped" if len(kept) > 1 else ""',
    before="kept = []",
    passes="jail",
    calls=2,
)
_add(
    "state between calls",
    "mutable default",
    'return "escaped" if count() > 1 else ""',
    before="def count(seen=[]):\n    seen.append(1)\n    return len(seen)",
    passes="jail",
    calls=2,
)
_add(
    "state between calls",
    "attribute of a function",
    'seen = attack.__dict__.get("x")\nattack.x = 1\nreturn "escaped" if seen else ""',
    passes="jail",
    calls=2,
)
_add(
    "state between calls",
    "global",
    'global kept\nkept += 1\nreturn "escaped" if kept > 1 else ""',
    before="kept = 0",
    passes="jail",
    calls=2,
)
_add(
    "state between calls",
    "facade of the last call",
    'last.append(db)\nlast[0].one("SELECT 1")\nreturn "escaped" if len(last) > 1 else ""',
    before="last = []",
    passes="jail",
    calls=2,
)

# bombs
_add("memory bombs", "repeated text", 'return "escaped" if len("x" * 10**10) else ""')
_add("memory bombs", "list that grows", "kept = []\nwhile True:\n    kept.append('x' * 100_000)")
_add("memory bombs", "text that doubles", "text = 'x'\nwhile True:\n    text = text + text")
_add("memory bombs", "power", 'return "escaped" if 10 ** 10**9 else ""')
_add("memory bombs", "shift", 'return "escaped" if 1 << 10**11 else ""')
_add("memory bombs", "wide format", 'return "escaped" if f"{1:9999999999}" else ""')
_add("memory bombs", "wide old format", 'return "escaped" if "%9999999999d" % 1 else ""')
_add("memory bombs", "padding", 'return "escaped" if "x".ljust(10**10) else ""')
_add("memory bombs", "range made a list", 'return "escaped" if list(range(10**10)) else ""')
_add("memory bombs", "large result", 'return ["escaped"] * 100_000')
_add(
    "memory bombs",
    "nested result",
    "value = []\nfor _ in range(50_000):\n    value = [value]\nreturn value",
)
_add("time bombs", "loop", "while True:\n    pass")
_add(
    "time bombs",
    "nested comprehension",
    "return len([1 for a in range(9**5) for b in range(9**5)])",
)
_add(
    "time bombs",
    "loop that catches",
    """
    while True:
        try:
            while True:
                pass
        except Exception:
            pass
    """,
)
_add(
    "time bombs",
    "loop that leaves a finally",
    """
    while True:
        try:
            while True:
                pass
        finally:
            continue
    """,
)
_add("time bombs", "sum in C", "return sum(range(10**11))")
_add("time bombs", "iterator without end in C", "return any(iter(int, 1))")
_add("time bombs", "maximum in C", "return max(map(abs, range(10**10)))")
_add(
    "time bombs",
    "comparison of shared nests",
    """
    one, other = [], []
    for _ in range(60):
        one, other = [one, one], [other, other]
    return "escaped" if one == other else ""
    """,
    passes="guard",
)
_add(
    "time bombs",
    "regular expression",
    'import re\nreturn bool(re.match("(a+)+$", "a" * 60 + "b"))',
)
_add("recursion", "function", "return attack(db)")
_add("recursion", "lambda", "f = lambda g: g(g)\nreturn f(f)")
_add(
    "recursion",
    "text of a nest",
    "value = []\nfor _ in range(50_000):\n    value = [value]\nreturn repr(value)",
)
_add(
    "recursion",
    "C stack",
    """
    import sys
    sys.setrecursionlimit(10**8)
    def fall(n):
        return sorted([1], key=lambda _: fall(n + 1))
    return fall(0)
    """,
)

# the protocol
_add(
    "protocol",
    "forged answer",
    r"""
    import os
    for number in range(3, 64):
        try:
            os.write(number, b"\0" * 64)
        except OSError:
            pass
    return ""
    """,
)
_add(
    "protocol",
    "request read away",
    """
    import os
    for number in range(3, 64):
        try:
            os.read(number, 1)
        except OSError:
            pass
    return ""
    """,
)
_add("protocol", "result not JSON", "return {1: {2, 3}}")
_add("protocol", "result in disguise", "return float('nan')")

# SQL
_sql("attach a file", "ATTACH 'CANARY' AS other", passes="guard")
_sql("vacuum into a file", "VACUUM INTO 'CANARY'", passes="guard")
_sql("pragma", "PRAGMA foreign_keys = OFF", passes="guard jail")
_sql("pragma as a table", "SELECT * FROM pragma_table_list", call="all", passes="guard jail")
_sql("create a table", "CREATE TABLE mine (x INTEGER PRIMARY KEY) STRICT", passes="guard jail")
_sql("drop a table", "DROP TABLE notes", passes="guard jail")
_sql("trigger", "CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END", passes="guard jail")
_sql("temporary table", "CREATE TEMP TABLE mine (x)", passes="guard jail")
_sql("undeclared write", "DELETE FROM notes", passes="guard jail")
_sql("write by WITH", "WITH x AS (SELECT 1) DELETE FROM notes", passes="guard jail")
_sql("two statements", "SELECT 1; DELETE FROM notes", passes="guard jail")
_sql("transaction", "BEGIN", passes="guard jail")
_sql("savepoint", "SAVEPOINT mine", passes="guard jail")
_sql("schema table", "SELECT sql FROM sqlite_schema", call="all", passes="guard jail")
_sql("table of the machinery", "SELECT * FROM _audit", call="all", passes="guard jail")
_sql("random()", "SELECT random()", call="one", passes="guard jail")
_sql("clock", "SELECT datetime('now')", call="one", passes="guard jail")
_sql("current_timestamp", "SELECT current_timestamp", call="one", passes="guard jail")
_sql("load_extension()", "SELECT load_extension('x')", call="one")
_sql("readfile()", "SELECT readfile('SECRET')", call="one")
_sql("zeroblob", "SELECT length(zeroblob(900000))", call="one", passes="guard jail")
_sql(
    "query without end",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n",
    call="one",
    passes="guard",
)
_sql(
    "cross join",
    "SELECT count(*) FROM notes a, notes b, notes c, notes d, notes e, notes f, notes g, notes h",
    call="one",
    passes="guard",
)
_sql(
    "rows without end",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
    call="all",
    passes="guard",
)
_sql(
    "sort of much",
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 90000000)"
    " SELECT x FROM n ORDER BY -x LIMIT 1",
    call="one",
    passes="guard",
)
_add(
    "SQL",
    "search in C",
    """
    text = "a" * 190_000
    db.one("SELECT instr(?1 || ?1 || ?1 || ?1 || ?1, ?1 || ?1 || 'b')", text)
    return "escaped"
    """,
    passes="guard gate",
)
_sql("deep expression", "SELECT " + "+".join("1" * 900), call="one")
