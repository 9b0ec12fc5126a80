"""Against the official scorer and inference; the checkout is named by ACEBENCH_HOME.

    ACEBENCH_HOME=CHECKOUT pytest -m official tests/unit/evaluation/acebench

What has to do with the official inference needs openai, python-dotenv, tqdm and wcwidth in the
interpreter that ACEBENCH_PYTHON names.
"""

import importlib.util
import os
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from agentscaler.evaluation.acebench.items import Language, read_data
from agentscaler.evaluation.acebench.results import SavedResult
from agentscaler.evaluation.acebench.score import score_answer
from agentscaler.evaluation.acebench.suite import score_saved
from agentscaler.evaluation.acebench.summary import standing_of

pytestmark = pytest.mark.official
BENCHMARKS = Path(__file__).parents[4] / "benchmarks"


@pytest.fixture(scope="module")
def home() -> Path:
    if "ACEBENCH_HOME" not in os.environ:
        pytest.skip("ACEBENCH_HOME names no checkout of ACEBench")
    return Path(os.environ["ACEBENCH_HOME"])


def benchmark(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_parity_scorer_agrees_with_the_official_one(home: Path, language: Language) -> None:
    parity = benchmark("acebench_parity")
    data = read_data(home, language)
    answers = list(parity.all_answers(data, "test"))
    some = random.Random(0).sample(answers, 4000)
    judged = list(parity.judge_all(home, sys.executable, data, some))
    assert {one.answer.item.category for one in judged} == {one.category for one in data.items}
    assert [one for one in judged if not one.agrees] == []
    assert sum(one.official.get("accuracy") == 1 for one in judged) > 400


@pytest.mark.parametrize("language", ["en", "zh"])
def test_accuracies_of_categories_are_the_official_ones(home: Path, language: Language) -> None:
    parity = benchmark("acebench_parity")
    data = read_data(home, language)
    rng = random.Random(1)
    answers = [
        parity.right_answer(one)
        if rng.random() < 0.7
        else rng.choice(list(parity.wrong_answers(one, rng)))
        for one in data.items
    ]
    official = parity.accuracies(home, sys.executable, data, answers)
    saved = {one.item.id: SavedResult(one.item.id, one.result, one.process) for one in answers}
    results = score_saved(data.items, saved, "parity")
    ours = standing_of(results, {}).categories
    for category, reply in official.items():
        if "error" in reply:  # one answer breaks the official scorer for its whole category
            continue
        assert ours[category].share["parity"] == pytest.approx(reply["accuracy"], abs=1e-9)
        if reply["process"] is not None:
            assert ours[category].process["parity"] == pytest.approx(reply["process"], abs=1e-9)
    assert sum("error" not in reply for reply in official.values()) >= 8


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_fixed_scorer_takes_the_datas_own_answers_for_right(
    home: Path, language: Language
) -> None:
    parity = benchmark("acebench_parity")
    for one in map(parity.right_answer, read_data(home, language).items):
        assert score_answer(one.item, one.result, one.process).fixed.right, one.item.id
