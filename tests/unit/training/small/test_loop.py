"""`train_small`: it learns, it goes on where it was killed, and refuses what cannot be trained."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from agentscaler.errors import InputError
from agentscaler.training import digest_checkpoint, load_record, load_template, load_tokenizer
from agentscaler.training.small import SmallTrainingSettings
from agentscaler.training.tokenizer import FileTokenizer

pytest.importorskip("tokenizers", reason="needs the extra templates")
torch = pytest.importorskip("torch", reason="needs the extra train")
transformers = pytest.importorskip("transformers", reason="needs the extra train")

from tests.unit.training.small.copying import (  # noqa: E402 - needs tokenizers
    RECORD,
    SETTINGS,
    copies,
    fitted,
    train,
)

Fitted = tuple[Path, FileTokenizer]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return fitted(tmp_path_factory.mktemp("tokenizer"))


def changed(**values: object) -> SmallTrainingSettings:
    return SmallTrainingSettings.model_validate({**SETTINGS.model_dump(), **values})


def log(folder: Path) -> list[dict[str, float]]:
    """The lines of a log, without the clock."""
    lines = [orjson.loads(line) for line in (folder / "log.jsonl").read_bytes().splitlines()]
    return [{k: v for k, v in one.items() if not k.endswith("seconds")} for one in lines]


def weights(folder: Path) -> bytes:
    return (folder / "checkpoint" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_it_learns_to_copy_words_that_it_never_saw(
    toy: Fitted, tmp_path: Path, precision: str
) -> None:
    folder, tokenizer = toy
    known, unknown = copies(tokenizer, 3_000), copies(tokenizer, 40, seed=9)
    result = train(
        known,
        changed(tokens=150_000, precision=precision, warmup_steps=20),
        folder=tmp_path,
        tokenizer=folder,
        held_out=unknown,
    )
    first = log(tmp_path)[0]["loss"]
    assert result.phase.eval_loss is not None
    assert result.phase.eval_loss < 0.1 < 4 < first
    model = transformers.AutoModelForCausalLM.from_pretrained(result.checkpoint).eval()
    right = 0
    for one in unknown:
        begin = one.mask.index(True)
        prompt = torch.tensor([one.ids[:begin]])
        written = model.generate(prompt, max_new_tokens=20, do_sample=False)[0, begin:]
        right += tuple(written.tolist()) == one.ids[begin:]
    assert right >= 36


def test_the_checkpoint_says_what_it_is_and_is_read_by_us_and_by_transformers(
    toy: Fitted, tmp_path: Path
) -> None:
    folder, tokenizer = toy
    examples = copies(tokenizer, 200)
    result = train(
        examples, SETTINGS, folder=tmp_path, tokenizer=folder, held_out=examples[:10], domains=7
    )
    record = load_record(result.checkpoint)
    assert record == RECORD.model_copy(update={"phases": (result.phase,)})
    phase = result.phase
    assert (phase.domains, phase.examples, phase.seed) == (7, 200, 3)
    assert 6_000 <= phase.tokens < 6_000 + 64
    assert phase.learned_tokens < phase.tokens <= result.padded_tokens < 1.2 * phase.tokens
    lines = log(tmp_path)
    assert phase.steps == lines[-1]["step"]
    assert phase.eval_loss == lines[-1]["eval_loss"]
    assert [one["tokens"] >= 3_000 for one in lines if "eval_loss" in one] == [True, True]
    assert digest_checkpoint(result.checkpoint)
    text = examples[0].text
    assert load_tokenizer(result.checkpoint).encode(text).ids == examples[0].ids
    theirs = transformers.AutoTokenizer.from_pretrained(result.checkpoint)
    messages = [{"role": "user", "content": "hello"}]
    rendered, _ = load_template("compact").render(messages, add_generation_prompt=True)
    assert rendered == theirs.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True
    )
    config = transformers.AutoConfig.from_pretrained(result.checkpoint)
    assert config.eos_token_id == theirs.eos_token_id == tokenizer.number_of("<|end|>")


def test_the_loss_is_that_of_transformers_on_each_dialogue_alone(
    toy: Fitted, tmp_path: Path
) -> None:
    folder, tokenizer = toy
    apart = copies(tokenizer, 30, seed=4)
    result = train(
        copies(tokenizer, 50), SETTINGS, folder=tmp_path, tokenizer=folder, held_out=apart
    )
    model = transformers.AutoModelForCausalLM.from_pretrained(result.checkpoint).eval()
    total = learned = 0.0
    for one in apart:
        ids, labels = torch.tensor([one.ids]), torch.tensor([one.labels])
        with torch.no_grad():
            total += float(model(input_ids=ids, labels=labels).loss) * one.learned
        learned += one.learned
    assert result.phase.eval_loss == pytest.approx(total / learned, rel=1e-4)


def test_the_same_seed_gives_the_same_weights_and_another_others(
    toy: Fitted, tmp_path: Path
) -> None:
    folder, tokenizer = toy
    examples = copies(tokenizer, 100)
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        train(examples, SETTINGS, folder=tmp_path / name, tokenizer=folder, seed=seed)
    assert weights(tmp_path / "one") == weights(tmp_path / "same") != weights(tmp_path / "other")
    assert log(tmp_path / "one") == log(tmp_path / "same") != log(tmp_path / "other")


KILLED = """
import os, pathlib, signal, sys
from tests.unit.training.small.copying import SETTINGS, copies, fitted, train

folder, stop = pathlib.Path(sys.argv[1]), int(sys.argv[2])
place, tokenizer = fitted(folder / "tokenizer")
examples = copies(tokenizer, 100)

def watch(tokens):
    if tokens >= stop:
        os.kill(os.getpid(), signal.SIGKILL)

train(
    examples,
    SETTINGS.model_copy(update={"save_steps": 3}),
    folder=folder / "training",
    tokenizer=place,
    held_out=examples[:10],
    watch=watch,
)
"""


def test_a_killed_training_goes_on_to_the_same_curve_and_weights(tmp_path: Path) -> None:
    place, tokenizer = fitted(tmp_path / "tokenizer")
    examples = copies(tokenizer, 100)
    whole = train(
        examples, SETTINGS, folder=tmp_path / "whole", tokenizer=place, held_out=examples[:10]
    )
    killed = tmp_path / "training"
    for stop in (700, 3_300, 5_000):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path), str(stop)],
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == -signal.SIGKILL
        assert not (killed / "checkpoint").exists()
    assert log(killed)[-1]["tokens"] >= 5_000
    assert torch.load(killed / "state.pt", weights_only=True)["tally"]["steps"] > 6
    again = train(examples, SETTINGS, folder=killed, tokenizer=place, held_out=examples[:10])
    assert again.phase == whole.phase
    assert log(killed) == log(tmp_path / "whole")
    assert weights(killed) == weights(tmp_path / "whole")
    assert not (killed / "state.pt").exists()


def test_a_finished_training_is_not_done_again(toy: Fitted, tmp_path: Path) -> None:
    folder, tokenizer = toy
    examples = copies(tokenizer, 100)
    first = train(examples, SETTINGS, folder=tmp_path, tokenizer=folder)
    seen: list[int] = []
    again = train(examples, SETTINGS, folder=tmp_path, tokenizer=folder, watch=seen.append)
    assert (again, seen) == (first, [])


def test_a_folder_with_another_training_is_refused(toy: Fitted, tmp_path: Path) -> None:
    folder, tokenizer = toy
    examples = copies(tokenizer, 100)
    train(examples, SETTINGS, folder=tmp_path, tokenizer=folder)
    for others, settings, seed in (
        (examples[1:], SETTINGS, 3),
        (examples, changed(matrix_rate=0.5), 3),
        (examples, SETTINGS, 4),
    ):
        with pytest.raises(InputError, match="holds another training"):
            train(others, settings, folder=tmp_path, tokenizer=folder, seed=seed)


def test_a_second_phase_goes_on_from_the_weights_of_the_first(toy: Fitted, tmp_path: Path) -> None:
    folder, tokenizer = toy
    apart = copies(tokenizer, 40, seed=9)
    settings = changed(tokens=40_000, model={"hidden": 32, "layers": 2, "head": 16})
    first = train(
        copies(tokenizer, 500),
        settings,
        folder=tmp_path / "first",
        tokenizer=folder,
        held_out=apart,
    )
    second = train(
        copies(tokenizer, 500, seed=2),
        changed(tokens=2_000, matrix_rate=0.005, other_rate=0.0005),
        folder=tmp_path / "second",
        tokenizer=folder,
        start=first.checkpoint,
        phase="vertical",
        held_out=apart,
    )
    assert load_record(second.checkpoint).phases == (first.phase, second.phase)
    assert first.phase.eval_loss is not None
    # A model that began from nothing would stand above 4.
    assert log(tmp_path / "second")[0]["loss"] == pytest.approx(first.phase.eval_loss, rel=0.5)
    config = transformers.AutoConfig.from_pretrained(second.checkpoint)
    assert config.max_position_embeddings == 4096


def test_a_second_phase_with_another_template_or_tokenizer_is_refused(
    toy: Fitted, tmp_path: Path
) -> None:
    folder, tokenizer = toy
    examples = copies(tokenizer, 50)
    first = train(examples, SETTINGS, folder=tmp_path / "first", tokenizer=folder)
    with pytest.raises(InputError, match="was trained with system=False"):
        train(
            examples,
            SETTINGS,
            folder=tmp_path / "second",
            tokenizer=folder,
            start=first.checkpoint,
            record=RECORD.model_copy(update={"system": True}),
        )
    other = tmp_path / "other"
    other.mkdir()
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    (other / "tokenizer.json").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="has another tokenizer than"):
        train(
            examples,
            SETTINGS,
            folder=tmp_path / "second",
            tokenizer=other,
            start=first.checkpoint,
        )


def test_what_cannot_be_trained_is_refused_with_the_reason(toy: Fitted, tmp_path: Path) -> None:
    folder, tokenizer = toy
    examples = copies(tokenizer, 5)
    from dataclasses import replace

    one = examples[0]
    silent = [replace(one, mask=(False,) * len(one.ids))]
    foreign = [replace(one, ids=(*one.ids[:-1], 999))]
    long = [replace(one, ids=one.ids * 9, mask=one.mask * 9)]
    for given, told in (
        ([], "nothing to learn"),
        (silent, "nothing to learn"),
        (foreign, "holds token 999, and .* has 266"),
        (long, "and the model 64 positions"),
    ):
        with pytest.raises(InputError, match=told):
            train(given, SETTINGS, folder=tmp_path / "new", tokenizer=folder)


def test_a_loss_that_is_no_number_ends_the_training(toy: Fitted, tmp_path: Path) -> None:
    folder, tokenizer = toy
    with pytest.raises(InputError, match="no number any more"):
        train(
            copies(tokenizer, 100),
            changed(other_rate=1e30, matrix_rate=1e30),
            folder=tmp_path,
            tokenizer=folder,
        )


def test_a_second_loss_on_the_context_teaches_what_others_say(toy: Fitted, tmp_path: Path) -> None:
    folder, tokenizer = toy
    known = copies(tokenizer, 500)
    lost = []
    for weight in (0.0, 1.0):
        result = train(
            known,
            changed(tokens=20_000, context_weight=weight, context_share=1.0),
            folder=tmp_path / str(weight),
            tokenizer=folder,
        )
        model = transformers.AutoModelForCausalLM.from_pretrained(result.checkpoint).eval()
        ids = torch.tensor([known[0].ids])
        with torch.no_grad():
            # Whose turn it is stands before each turn, and the agent never writes it.
            end = known[0].mask.index(True) - 1
            scores = model(input_ids=ids).logits[0, end - 1]
        lost.append(float(torch.nn.functional.cross_entropy(scores, ids[0, end])))
        assert result.phase.learned_tokens < result.phase.tokens
    assert lost[1] < 3.5 < 4.5 < lost[0]
