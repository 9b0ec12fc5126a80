from typing import Any

from tau2.data_model.simulation import NLAssertionCheck


class NLAssertionsEvaluator:
    @classmethod
    def evaluate_nl_assertions(cls, trajectory: Any, nl_assertions: list[str]) -> list[Any]:
        raise AssertionError("no model may be asked")

    @classmethod
    def judged(cls, task: Any, trajectory: Any) -> list[NLAssertionCheck]:
        assertions = task.evaluation_criteria.nl_assertions
        return cls.evaluate_nl_assertions(trajectory, assertions) if assertions else []
