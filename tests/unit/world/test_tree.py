"""Syntax trees walked: everything that can run is met, annotations are not."""

import ast

from agentscaler.world.tree import children

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
