"""Syntax trees walked: everything that can run is met, annotations are not."""

import ast
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

from agentscaler.world.tree import children, parse

SOURCE = """
def f(db, a: dict[str, int] = 1, *, b: int = 2) -> list[int]:
    total: int = a + 1
    for item in [x for x in a if x]:
        try:
            total += item[1:2] if b else (lambda y: -y)(item)
        except ValueError as error:
            raise ToolError(f"{error!r:>3}") from error
        finally:
            del item
    return {**a, "k": not total}
"""


def _walk(node: ast.AST) -> list[ast.AST]:
    return [node, *(deeper for child in children(node) for deeper in _walk(child))]


def test_every_node_is_met_but_annotations_and_the_marks_of_loads_and_stores() -> None:
    tree = ast.parse(SOURCE)
    met = {id(node) for node in _walk(tree)}
    missed = [node for node in ast.walk(tree) if id(node) not in met]
    annotations = [
        deeper
        for node in ast.walk(tree)
        for name in ("annotation", "returns")
        if isinstance(part := getattr(node, name, None), ast.AST)
        for deeper in ast.walk(part)
    ]
    assert {id(node) for node in missed if not isinstance(node, ast.expr_context)} == {
        id(node) for node in annotations if not isinstance(node, ast.expr_context)
    }


def pause(phase: str, _: dict[str, int]) -> None:
    """Lets another thread in while the collector runs in the middle of a parse."""
    for _turn in range(50):
        pass


def test_many_threads_may_parse_at_the_same_time() -> None:
    source = "\n".join(f"def f{n}(db):\n    return [{n}, ({n} + 1) * 2]" for n in range(200))
    switching, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(20)
    gc.callbacks.append(pause)
    try:
        with ThreadPoolExecutor(8) as pool:
            trees = list(pool.map(parse, [source] * 40))
    finally:
        gc.callbacks.remove(pause)
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(switching)
    assert {len(tree.body) for tree in trees} == {200}
