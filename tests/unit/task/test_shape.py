"""The shape of a solution, and the limit on tasks of one shape."""

from collections import Counter

from agentscaler.domain import Domain
from agentscaler.task import Task, TaskSettings, construct_tasks
from agentscaler.task.shape import shape_of


def test_other_values_and_other_rows_of_a_list_are_the_same_shape(
    library_tasks: dict[str, Task],
) -> None:
    gold = library_tasks["update"].gold
    step = gold[1].provenance["book_id"].model_copy(update={"path": ("books", 3, "book_id")})
    provenance = {**gold[1].provenance, "book_id": step}
    arguments = {**gold[1].arguments, "genre": "CRIME"}
    other = gold[1].model_copy(update={"provenance": provenance, "arguments": arguments})
    assert shape_of([gold[0], other]) == shape_of(gold)


def test_another_tool_another_source_or_another_fact_is_another_shape(
    library_tasks: dict[str, Task],
) -> None:
    gold = library_tasks["update"].gold
    same_fact = (
        gold[1].provenance["genre"].model_copy(update={"fact": gold[0].provenance["title"].fact})
    )
    shared = gold[1].model_copy(update={"provenance": {**gold[1].provenance, "genre": same_fact}})
    shapes = [shape_of(gold), shape_of([gold[0], shared]), shape_of(gold[:1])]
    shapes.append(shape_of(library_tasks["read"].gold))
    assert len({b"\n".join(shape) for shape in shapes}) == len(shapes)


def test_a_domain_has_no_more_tasks_of_a_shape_than_allowed(box_office: Domain) -> None:
    def counted(per_shape: int | None) -> tuple[Counter[bytes], list[str]]:
        settings = TaskSettings(per_domain=40, per_shape=per_shape, special_share=0)
        (outcome,) = construct_tasks([box_office], settings)
        shapes = Counter(b"\n".join(shape_of(task.gold)) for task in outcome.tasks)
        return shapes, [rejection.reason for rejection in outcome.rejections]

    free, free_reasons = counted(None)
    few, few_reasons = counted(1)
    assert max(free.values()) > 1
    assert max(few.values()) == 1
    assert "shape" in few_reasons
    assert "shape" not in free_reasons
