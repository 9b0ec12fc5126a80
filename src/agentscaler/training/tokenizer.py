"""`Tokenizer`: from text to token ids with the place of each in the text."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from agentscaler.errors import InputError, MissingExtraError
from agentscaler.training.families import Span

__all__ = ["ByteTokenizer", "Encoding", "FileTokenizer", "Tokenizer", "load_tokenizer"]


class Encoding(NamedTuple):
    """The tokens of a text: their ids, and where each stands in it, in characters.

    No character lies between two tokens; two tokens share one where it is cut into its bytes.
    """

    ids: tuple[int, ...]
    spans: tuple[Span, ...]


class Tokenizer(Protocol):
    """What rendering asks of a tokenizer."""

    @property
    def control_tokens(self) -> Collection[str]:
        """Strings that become one token of their own wherever they stand in a text."""
        ...

    @property
    def special_tokens(self) -> Mapping[str, str]:
        """Control tokens that templates may call by name, such as `bos_token`."""
        ...

    def encode(self, text: str) -> Encoding:
        """The tokens of a text, and nothing before or after them."""
        ...


class ByteTokenizer:
    """One token a byte, and one a control token: needs no file, and shows what a text holds."""

    def __init__(self, control_tokens: Collection[str] = ()) -> None:
        self.control_tokens: tuple[str, ...] = tuple(dict.fromkeys(control_tokens))
        self.special_tokens: Mapping[str, str] = {}
        self._numbers = {token: 256 + n for n, token in enumerate(self.control_tokens)}
        longest_first = sorted(self.control_tokens, key=lambda token: (-len(token), token))
        self._controls = re.compile(f"({'|'.join(map(re.escape, longest_first)) or '(?!)'})")

    def encode(self, text: str) -> Encoding:
        ids: list[int] = []
        spans: list[Span] = []
        place = 0
        for number, piece in enumerate(self._controls.split(text)):
            if number % 2:
                ids.append(self._numbers[piece])
                spans.append((place, place + len(piece)))
            else:
                for at, letter in enumerate(piece, place):
                    encoded = letter.encode("utf-8", "surrogatepass")
                    ids += encoded
                    spans += [(at, at + 1)] * len(encoded)
            place += len(piece)
        return Encoding(tuple(ids), tuple(spans))


class FileTokenizer:
    """A tokenizer of the package tokenizers, which `tokenizer.json` files hold.

    Args:
        backend: a `tokenizers.Tokenizer`; of one of transformers, its `backend_tokenizer`.
        special_tokens: control tokens by name.
    """

    def __init__(self, backend: Any, special_tokens: Mapping[str, str] | None = None) -> None:
        self.backend = backend
        self.special_tokens: Mapping[str, str] = dict(special_tokens or {})
        added = backend.get_added_tokens_decoder().values()
        self.control_tokens: Collection[str] = sorted(
            token.content for token in added if token.special or _looks_like_control(token.content)
        )

    def encode(self, text: str) -> Encoding:
        encoding = self.backend.encode(text, add_special_tokens=False)
        return Encoding(tuple(encoding.ids), _without_gaps(encoding.offsets))

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, control tokens with it; bytes that are no text become \ufffd."""
        text: str = self.backend.decode(list(ids), skip_special_tokens=False)
        return text

    def number_of(self, token: str) -> int | None:
        """The id of a token; None where there is none."""
        number: int | None = self.backend.token_to_id(token)
        return number


def load_tokenizer(folder: Path) -> FileTokenizer:
    """The tokenizer of a model's folder; no weights are needed.

    Raises:
        InputError: there is no `tokenizer.json` in it.
        MissingExtraError: the package tokenizers is not installed.
    """
    file = folder / "tokenizer.json" if folder.is_dir() else folder
    if not file.exists():
        raise InputError(
            f"{folder} holds no tokenizer.json.", "Give a folder with a fast tokenizer in it."
        )
    try:
        from tokenizers import Tokenizer as Backend
    except ImportError as error:
        raise MissingExtraError(
            "Reading a tokenizer needs the package tokenizers, which is not installed.",
            "Run: pip install 'agentscaler[templates]'",
        ) from error
    try:
        backend = Backend.from_file(str(file))
    except Exception as error:  # the package raises nothing narrower
        raise InputError(f"{file} is no tokenizer: {error}.", "Give another file.") from error
    config = file.with_name("tokenizer_config.json")
    named = json.loads(config.read_text(encoding="utf-8")) if config.exists() else {}
    texts = {
        name: value.get("content") if isinstance(value, dict) else value
        for name, value in named.items()
        if name.endswith("_token")
    }
    special = {name: text for name, text in texts.items() if isinstance(text, str)}
    return FileTokenizer(backend, special)


def _looks_like_control(token: str) -> bool:
    """Whether an added token is markup, such as `<tool_call>`, and not a word or a space."""
    return (token[0], token[-1]) in {("<", ">"), ("[", "]")} and len(token) > len("<>")


def _without_gaps(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spaces that a tokenizer leaves out of a token's place are part of it all the same."""
    closed: list[Span] = []
    reached = 0
    for begin, end in spans:
        closed.append((min(begin, reached), max(end, reached)))
        reached = max(reached, end)
    return tuple(closed)
