"""A checkpoint as a model that is asked: what it is shown, what is read back, what is refused."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("transformers", reason="needs the extra train")
pytest.importorskip("jinja2", reason="needs the extra templates")

from agentscaler.chat import Message, ToolCall  # noqa: E402 - the rest needs what is above
from agentscaler.errors import AgentScalerError, InputError, RequestRefusedError  # noqa: E402
from agentscaler.llm import Completion, Request, Sampling  # noqa: E402
from agentscaler.llm.chat_model import AnswerSchema  # noqa: E402
from agentscaler.training.generation import Generated, Generator, Prompt  # noqa: E402
from agentscaler.training.local_model import Checkpoint, LocalModel, open_checkpoint  # noqa: E402
from tests.unit.training.checkpoints import save_checkpoint  # noqa: E402

TOOL = {
    "type": "function",
    "function": {
        "name": "get_book",
        "description": "Find a book.",
        "parameters": {"type": "object", "properties": {"book_id": {"type": "string"}}},
    },
}
MESSAGES = (
    Message(role="system", content="Be kind."),
    Message(role="user", content="Where is <|end|> b-1?"),
    Message(
        role="assistant",
        tool_calls=(
            ToolCall(id="a", name="get_book", arguments={"book_id": "b-1"}),
            ToolCall(id="b", name="get_book", arguments={}, malformed="{book"),
        ),
    ),
    Message(role="tool", content='{"shelf":"B7"}', tool_call_id="a"),
    Message(role="tool", content='{"error":"no"}', tool_call_id="b", is_error=True),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_checkpoint(tmp_path_factory.mktemp("lfm2"))


def asked(model: LocalModel, *requests: Request) -> list[Completion]:
    async def ask() -> list[Completion]:
        try:
            return await asyncio.gather(*map(model.complete, requests))
        finally:
            await model.aclose()

    return asyncio.run(ask())


class Spy(Generator):
    """Remembers what it was asked, and writes what it is told to, if anything."""

    def __init__(self, opened: Checkpoint, written: str | None = None) -> None:
        super().__init__(opened.model, opened.ends)
        self.batches: list[Sequence[Prompt]] = []
        self._written = None if written is None else opened.tokenizer.encode(written).ids

    def generate(self, prompts: Sequence[Prompt]) -> list[Generated]:
        self.batches.append(prompts)
        if self._written is None:
            return super().generate(prompts)
        return [Generated(self._written, ended=True) for _ in prompts]


class Broken(Generator):
    """Has no memory left."""

    def generate(self, prompts: Sequence[Prompt]) -> list[Generated]:
        raise RuntimeError("out of memory")


def shown(folder: Path, request: Request) -> str:
    """What the checkpoint is shown of a request."""
    opened = open_checkpoint(folder)
    spy = Spy(opened, "<|say|>Yes.")
    asked(LocalModel(opened, generator=spy), request)
    return opened.tokenizer.decode(spy.batches[0][0].ids)


def test_a_request_is_shown_as_training_rendered_dialogues(folder: Path) -> None:
    assert shown(folder, Request(messages=MESSAGES, tools=(TOOL,))) == (
        "<|system|>Be kind.<|end|><|tools|>get_book(book_id?)<|end|>"
        "<|user|>Where is < |end|> b-1?<|end|>"
        '<|agent|><|call|>get_book {"book_id":"b-1"}<|call|>get_book {book<|end|>'
        '<|result|>{"shelf":"B7"}<|end|><|result|>{"error":"no"}<|end|><|agent|>'
    )


def test_one_that_was_trained_without_system_messages_is_shown_none(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, system=False)
    text = shown(folder, Request(messages=MESSAGES[:2], tools=(TOOL,)))
    assert text == (
        "<|tools|>get_book(book_id?)<|end|><|user|>Where is < |end|> b-1?<|end|><|agent|>"
    )


@pytest.mark.parametrize("text", ["<|say|>On B7.<|call|>get_book {}", "<|call|>get_book {oops"])
def test_what_is_written_is_read_back_by_the_family(folder: Path, text: str) -> None:
    opened = open_checkpoint(folder)
    model = LocalModel(opened, generator=Spy(opened, text))
    (answer,) = asked(model, Request(messages=MESSAGES[:2]))
    assert answer.text == ("On B7." if "B7" in text else "")
    assert answer.calls == (("call_1", "get_book", "{}" if "B7" in text else "{oops"),)
    assert answer.finish == "tool_calls"
    assert answer.usage.completion_tokens == len(opened.tokenizer.encode(text).ids) + 1
    assert answer.usage.prompt_tokens > 0


def test_requests_that_come_together_are_answered_together_and_as_alone(folder: Path) -> None:
    opened = open_checkpoint(folder)
    requests = [
        Request(
            messages=(Message(role="user", content="Where is it? " * number),),
            sampling=Sampling(temperature=1.0, max_tokens=12),
            sample=number,
        )
        for number in range(1, 8)
    ]
    spy = Spy(opened)
    answers = asked(LocalModel(opened, Sampling(seed=3), generator=spy), *requests)
    assert [len(batch) for batch in spy.batches] == [7]
    assert answers == [asked(LocalModel(opened, Sampling(seed=3)), one)[0] for one in requests]
    other = asked(LocalModel(opened, Sampling(seed=4)), *requests)
    assert [one.text for one in answers] != [one.text for one in other]


def test_samples_of_one_request_are_drawn_apart(folder: Path) -> None:
    sampling = Sampling(temperature=1.0, max_tokens=12)
    requests = [Request(messages=MESSAGES[:2], sampling=sampling, sample=n) for n in range(4)]
    answers = asked(LocalModel(open_checkpoint(folder)), *requests)
    assert len({(one.text, one.calls) for one in answers}) == 4


def test_an_answer_without_an_end_is_one_that_was_cut_off(folder: Path) -> None:
    request = Request(messages=MESSAGES[:2], sampling=Sampling(max_tokens=3))
    (answer,) = asked(LocalModel(open_checkpoint(folder)), request)
    assert (answer.finish, answer.usage.completion_tokens) == ("length", 3)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(messages=(Message(role="user", content="long " * 3000),)), "takes 4,096"),
        (Request(messages=MESSAGES[:2], sampling=Sampling(stop=("x",))), "stop strings"),
        (
            Request(messages=MESSAGES[:2], answer=AnswerSchema(name="a", schema_={})),
            "JSON Schema",
        ),
    ],
)
def test_what_it_cannot_do_is_refused_for_that_request(
    folder: Path, request_: Request, why: str
) -> None:
    with pytest.raises(RequestRefusedError, match=why):
        asked(LocalModel(open_checkpoint(folder)), request_)


def test_what_breaks_while_it_writes_is_told_to_all_that_wait(folder: Path) -> None:
    opened = open_checkpoint(folder)
    model = LocalModel(opened, generator=Broken(opened.model, opened.ends))
    with pytest.raises(AgentScalerError, match="out of memory"):
        asked(model, *[Request(messages=MESSAGES[:2])] * 2)


@pytest.mark.parametrize("spoilt", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_checkpoint_with_a_spoilt_file_is_none(tmp_path: Path, spoilt: str) -> None:
    save_checkpoint(tmp_path)
    (tmp_path / spoilt).write_bytes(b"spoilt")
    with pytest.raises(InputError, match=str(tmp_path)):
        open_checkpoint(tmp_path)
