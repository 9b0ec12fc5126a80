"""`Generator`: what a checkpoint writes after prompts, many at a time, with a cache of keys and
values.

A prompt that begins as an earlier one did, with what was written after it, is read on from there.
Rows that have ended leave their batch.

What comes out for a prompt depends neither on the prompts beside it nor on earlier ones.  Sums of
floating-point numbers do: their last digits change with the shape of a batch, and so does the
greater of two logits that are nearly equal.  So a choice that such digits could turn is made again
from the logits of that prompt alone, without a cache, which are always the same; every other choice
stands in any batch.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentscaler.training.drawing import CLOSE, Logits, Noise, draw
from agentscaler.training.state_store import StateStore

if TYPE_CHECKING:
    from agentscaler.training.row_state import Rows, RowState

__all__ = ["Generated", "Generator", "Prompt"]

_REMEMBERED = 2**30
_FILLED = 0.8
"""Of a batch of prompts that are read, so much at least are tokens and no gaps."""


@dataclass(frozen=True)
class Prompt:
    """What is to be gone on from.

    Attributes:
        ids: tokens, at least one.
        max_new_tokens: at least one.
        temperature: 0 always takes the likeliest token.
        top_p: draws only from the likeliest tokens that together have this probability.
        seed: of what is drawn; a prompt, its seed and the checkpoint decide what comes out.
    """

    ids: tuple[int, ...]
    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Generated:
    """What a model wrote.

    Attributes:
        ids: tokens, without the one that ended the turn.
        ended: False where `max_new_tokens` came before an end of the turn.
    """

    ids: tuple[int, ...]
    ended: bool


class Generator:
    """Goes on from prompts.

    Args:
        model: a causal model of transformers, with its weights in float32.
        ends: tokens that end a turn.
        rows: prompts in a batch.
        remembered: bytes of keys and values that are kept for the next turns.

    Raises:
        InputError: the model has layers that cannot be played here.
    """

    def __init__(
        self, model: Any, ends: Collection[int], rows: int = 32, remembered: int = _REMEMBERED
    ) -> None:
        from agentscaler.training.row_state import check_layers

        check_layers(model)
        self._model = model.eval()
        self._ends = frozenset(ends)
        self._rows = rows
        self._store = StateStore(remembered)

    def generate(self, prompts: Sequence[Prompt]) -> list[Generated]:
        """What is written after each prompt."""
        import torch

        rows = [_Row(prompt, self._ends) for prompt in prompts]
        with torch.inference_mode():
            self._read(rows)
            longest_last = sorted(rows, key=lambda row: len(row.prompt.ids))
            for first in range(0, len(rows), self._rows):
                self._write(longest_last[first : first + self._rows])
        return [row.generated() for row in rows]

    def _read(self, rows: Sequence["_Row"]) -> None:
        """Reads the prompts and gives each row its first token; prompts with about as much that
        is new are read together."""
        from agentscaler.training.row_state import read_prompts

        for row in rows:
            row.state = self._store.take(row.prompt.ids)
        for batch in _alike(rows, self._rows):
            prompts = [row.prompt.ids for row in batch]
            logits, states = read_prompts(self._model, prompts, [row.state for row in batch])
            for row, state in zip(batch, states, strict=True):
                row.state = state
            self._choose(batch, logits)

    def _write(self, batch: Sequence["_Row"]) -> None:
        """Writes on after the first token until each row is over."""
        from agentscaler.training.row_state import join_rows, write_on

        for row in batch:
            if row.over:
                self._store.put((row.read,))
        going = [row for row in batch if not row.over]
        if not going:
            return
        rows = join_rows([row.read for row in going], self._model)
        while going:
            self._choose(going, write_on(self._model, rows, [row.written[-1] for row in going]))
            staying = [place for place, row in enumerate(going) if not row.over]
            if len(staying) < len(going):
                for place, row in enumerate(going):
                    if row.over:
                        self._remember(row, rows, place)
                going = [going[place] for place in staying]
                rows.keep(staying)

    def _remember(self, row: "_Row", rows: "Rows", place: int) -> None:
        """Keeps what the model has seen of a row that is over, and what it had when it began to
        write: what was written need not be what the next prompt has there."""
        from agentscaler.training.row_state import cut_row, split_row

        last = split_row(rows, place, (*row.prompt.ids, *row.written[:-1]))
        self._store.put((last, cut_row(last, row.read)))

    def _choose(self, rows: Sequence["_Row"], logits: Any) -> None:
        """Gives each row its next token.

        Args:
            logits: (rows, vocabulary).
        """
        best, tokens = logits.topk(2, dim=-1)
        gaps = (best[:, 0] - best[:, 1]).tolist()
        likeliest = tokens[:, 0].tolist()
        for place, row in enumerate(rows):
            if row.prompt.temperature > 0:
                token, steady = row.draw(logits[place].double().cpu().numpy())
            else:
                token, steady = likeliest[place], gaps[place] > CLOSE
            if not steady:
                alone = self._alone(row)
                drawn = row.prompt.temperature > 0
                token = row.draw(alone)[0] if drawn else int(alone.argmax())
            row.take(token)

    def _alone(self, row: "_Row") -> Logits:
        """The logits after a row by itself, which no batch has a part in."""
        import torch

        ids = torch.tensor([[*row.prompt.ids, *row.written]], device=self._model.device)
        answer = self._model(input_ids=ids, use_cache=False, logits_to_keep=1)
        alone: Logits = answer.logits[0, -1].double().cpu().numpy()
        return alone


class _Row:
    """A prompt and what has been written after it.

    Attributes:
        state: what is remembered of the prompt.
        over: whether no more is to be written.
    """

    def __init__(self, prompt: Prompt, ends: Collection[int]) -> None:
        self.prompt = prompt
        self.state: RowState | None = None
        self.written: list[int] = []
        self.over = False
        self._ends = ends
        self._noise = Noise(prompt.seed)

    @property
    def read(self) -> "RowState":
        """What is remembered of the prompt, once it was read."""
        assert self.state is not None, "the prompt was not read yet"
        return self.state

    @property
    def unread(self) -> int:
        """Tokens of the prompt behind what is remembered."""
        return len(self.prompt.ids) - (len(self.state.ids) if self.state else 0)

    def draw(self, logits: Logits) -> tuple[int, bool]:
        """A token drawn from logits, and whether the choice is steady."""
        noise = self._noise.here(len(logits))
        return draw(logits, noise, self.prompt.temperature, self.prompt.top_p)

    def take(self, token: int) -> None:
        """Writes a token down."""
        self.written.append(token)
        self._noise.go_on()
        self.over = token in self._ends or len(self.written) == self.prompt.max_new_tokens

    def generated(self) -> Generated:
        ended = self.written[-1] in self._ends
        return Generated(tuple(self.written[:-1] if ended else self.written), ended)


def _alike(rows: Sequence[_Row], most: int) -> Iterator[list[_Row]]:
    """The rows in batches of at most so many, in which little is gaps."""
    batch: list[_Row] = []
    tokens = 0
    for row in sorted(rows, key=lambda row: row.unread):
        area = (len(batch) + 1) * row.unread
        if batch and (len(batch) == most or tokens + row.unread < _FILLED * area):
            yield batch
            batch, tokens = [], 0
        batch.append(row)
        tokens += row.unread
    if batch:
        yield batch
