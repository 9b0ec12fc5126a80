"""`LocalModel`: a checkpoint of ours as a `ChatModel`, played in this process.

A request is rendered with the checkpoint's own template, just as training rendered dialogues, and
what the model writes is read back by the rules of the template's family.  Requests that wait at the
same time are answered together: as soon as nobody in the event loop has anything left to do but to
wait.  What a request is answered does not depend on those beside it (see `generation`).
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentscaler.chat import Message
from agentscaler.errors import AgentScalerError, InputError, MissingExtraError, RequestRefusedError
from agentscaler.llm import Completion, Request, Sampling, Usage
from agentscaler.training.checkpoint import (
    CheckpointRecord,
    digest_checkpoint,
    load_record,
    template_of,
)
from agentscaler.training.conversation import make_safe
from agentscaler.training.families import Family
from agentscaler.training.generation import Generated, Generator, Prompt
from agentscaler.training.template import ChatTemplate
from agentscaler.training.tokenizer import FileTokenizer, load_tokenizer

__all__ = ["Checkpoint", "LocalModel", "open_checkpoint"]

_IDLE_ROUNDS = 4
"""Rounds of the event loop without a new request, after which those that wait are answered: an
episode that ends lets another one begin, which takes a few."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint, ready to be played.

    Attributes:
        digest: of all files that decide how it plays.
        family: by whose rules its turns are read.
        model: of transformers, in float32.
    """

    digest: str
    record: CheckpointRecord
    template: ChatTemplate
    family: Family
    tokenizer: FileTokenizer
    model: Any

    @property
    def ends(self) -> tuple[int, ...]:
        """The tokens that end a turn."""
        numbers = (self.tokenizer.number_of(end) for end in self.family.ends)
        return tuple(number for number in numbers if number is not None)


def open_checkpoint(folder: Path) -> Checkpoint:
    """Reads a checkpoint, on a GPU where there is one.

    Raises:
        InputError: it is none of ours, or one of its files is not what it should be.
        MissingExtraError: torch, transformers, tokenizers or jinja2 are not installed.
    """
    record = load_record(folder)
    digest = digest_checkpoint(folder)
    template = template_of(folder, record)
    tokenizer = load_tokenizer(folder)
    family = template.family
    if family is None:
        raise InputError(
            f"What {folder} writes cannot be read: its template is of no family known here.",
            "Train with a template of a known family, such as one of the program's own.",
        )
    opened = Checkpoint(digest, record, template, family, tokenizer, _load_model(folder))
    if not opened.ends:
        raise InputError(
            f"The tokenizer of {folder} lacks the token that ends a turn, {family.ends[0]}.",
            "Use the tokenizer that the checkpoint was trained with.",
        )
    return opened


class LocalModel:
    """Answers with what a checkpoint writes; satisfies `ChatModel`.  Used inside one event loop,
    and closed there.

    Thinking is read and left out.  A request for JSON of a given form, or with stop strings, is
    refused.

    Args:
        sampling: for what a request does not say: temperature 0 where neither does.
        max_new_tokens: of an answer, where neither says.
        rows: requests answered together at most.
        generator: what writes; None makes one.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        sampling: Sampling | None = None,
        *,
        max_new_tokens: int = 256,
        rows: int = 32,
        generator: Generator | None = None,
    ) -> None:
        self.name = f"{checkpoint.record.recipe or 'checkpoint'}-{checkpoint.digest[:12]}"
        self._checkpoint = checkpoint
        self._sampling = sampling or Sampling()
        self._max_new_tokens = max_new_tokens
        self._generator = generator or Generator(checkpoint.model, checkpoint.ends, rows)
        self._waiting: list[tuple[Prompt, asyncio.Future[Generated]]] = []
        self._player: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "checkpoint")

    async def complete(self, request: Request) -> Completion:
        """See `ChatModel.complete`.

        Raises:
            RequestRefusedError: the request is longer than what the checkpoint can be shown, or
                asks for what it cannot do.
        """
        prompt = self._prompt(request)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Generated] = loop.create_future()
        self._waiting.append((prompt, answer))
        if self._player is None or self._player.done():
            self._player = loop.create_task(self._play())
        return self._completion(prompt, await answer)

    async def aclose(self) -> None:
        """Ends what is being written."""
        if self._player is not None:
            self._player.cancel()
            await asyncio.gather(self._player, return_exceptions=True)
        self._thread.shutdown()

    async def _play(self) -> None:
        """Answers all that wait, until nobody does."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            await self._gather()
            todo, self._waiting = self._waiting, []
            prompts = [prompt for prompt, _ in todo]
            try:
                written = await loop.run_in_executor(self._thread, self._write, prompts)
            except Exception as error:
                failure = AgentScalerError(
                    f"The checkpoint {self.name} cannot go on: {type(error).__name__}: {error}.",
                    "Where memory is short, play fewer episodes at the same time.",
                )
                for _, answer in todo:
                    if not answer.done():
                        answer.set_exception(failure)
                continue
            for (_, answer), generated in zip(todo, written, strict=True):
                if not answer.done():
                    answer.set_result(generated)
            await asyncio.sleep(0)

    def _write(self, prompts: Sequence[Prompt]) -> list[Generated]:
        with _quietly():
            return self._generator.generate(prompts)

    async def _gather(self) -> None:
        """Waits until no further request comes."""
        idle = 0
        while idle < _IDLE_ROUNDS:
            before = len(self._waiting)
            await asyncio.sleep(0)
            idle = idle + 1 if len(self._waiting) == before else 0

    def _prompt(self, request: Request) -> Prompt:
        if request.answer is not None:
            raise RequestRefusedError("a checkpoint of ours cannot be held to a JSON Schema")
        said = request.sampling.model_fields_set
        sampling = self._sampling.model_copy(
            update={name: getattr(request.sampling, name) for name in said}
        )
        if sampling.stop:
            raise RequestRefusedError("a checkpoint of ours knows no stop strings")
        ids = self._tokens(request)
        longest = self._checkpoint.record.max_length
        if len(ids) >= longest:
            raise RequestRefusedError(
                f"the conversation has {len(ids):,} tokens, and the checkpoint takes {longest:,} "
                "with its answer"
            )
        wanted = sampling.max_tokens or self._max_new_tokens
        seed = f"{sampling.seed or 0}/{request.sample}/{len(ids)}"
        return Prompt(
            ids,
            min(wanted, longest - len(ids)),
            sampling.temperature or 0.0,
            sampling.top_p if sampling.top_p is not None else 1.0,
            int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]),
        )

    def _tokens(self, request: Request) -> tuple[int, ...]:
        """A request as the checkpoint is shown it, up to where the agent's turn begins."""
        opened = self._checkpoint
        shown = [
            message
            for message in request.messages
            if opened.record.system or message.role != "system"
        ]
        controls = {*opened.family.controls, *opened.tokenizer.control_tokens}
        messages, tools = make_safe(_written(shown), request.tools, controls)
        text, _ = opened.template.render(
            messages,
            tools,
            add_generation_prompt=True,
            special_tokens=opened.tokenizer.special_tokens,
        )
        return opened.tokenizer.encode(text).ids

    def _completion(self, prompt: Prompt, generated: Generated) -> Completion:
        opened = self._checkpoint
        turn = opened.family.read_turn(opened.tokenizer.decode(generated.ids))
        calls = tuple(
            (f"call_{number}", name, arguments)
            for number, (name, arguments) in enumerate(turn.calls, 1)
        )
        return Completion(
            text=turn.words,
            calls=calls,
            finish="length" if not generated.ended else "tool_calls" if calls else "stop",
            usage=Usage(
                prompt_tokens=len(prompt.ids),
                completion_tokens=len(generated.ids) + generated.ended,
            ),
            model=self.name,
        )


def _written(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as data sets have them; a call that is malformed as it was written."""
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    written: list[dict[str, Any]] = []
    for message in messages:
        one: dict[str, Any] = {"role": message.role, "content": message.content}
        if message.tool_calls:
            one["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.malformed or call.arguments},
                }
                for call in message.tool_calls
            ]
        if message.role == "tool":
            one["tool_call_id"] = message.tool_call_id
            one["name"] = names.get(message.tool_call_id or "", "")
        written.append(one)
    return written


def _load_model(folder: Path) -> Any:
    try:
        import torch
        from transformers import AutoModelForCausalLM
    except ImportError as error:
        raise MissingExtraError(
            "Playing a checkpoint needs the packages torch and transformers, which are not "
            "installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        with _quietly():
            model = AutoModelForCausalLM.from_pretrained(
                folder, dtype=torch.float32, local_files_only=True
            )
    except Exception as error:  # whatever is wrong with a file, in many words
        raise InputError(
            f"The checkpoint {folder} cannot be read: {' '.join(str(error).split())[:300]}.",
            "Give the folder of a finished training, which `agentscaler train` writes.",
        ) from error
    return model.to(device).eval()


@contextmanager
def _quietly() -> Iterator[None]:
    """Keeps transformers from writing bars and advice into what the program says."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
