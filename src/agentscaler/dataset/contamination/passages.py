"""Which passages of a benchmark stand in a text: n-grams of words, found by hashing, then compared.

Two rules, both from published checks of training sets:

- 13 words in a row in common (Brown et al. 2020, "Language Models are Few-Shot Learners",
  arXiv 2005.14165, appendix C, which takes N-grams of 13 words at most);
- 70% of the passage's 8-grams in one text (Chowdhery et al. 2022, "PaLM", arXiv 2204.02311,
  section 8), which also finds passages of fewer than 13 words.

Words are compared without case and punctuation; a Chinese or Japanese character is a word.
Passages of fewer than 8 words are not compared: "what is my first name" would be found anywhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRAM", "LONG", "MOST", "PassageIndex", "PassageMatch", "split_text"]

GRAM = 8
"""Words of the n-grams that are looked up, and of the shortest passage."""
LONG = 13
"""Words in a row that are too many for chance."""
MOST = 0.7
"""Share of a passage's n-grams that makes up most of it."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[^\W_{_CJK}]+|[{_CJK}]")
_MULTIPLIER = 0x9E3779B97F4A7C15
_WORDS_SHOWN = 60

Ids = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class PassageMatch:
    """A passage that stands in a text, or most of it.

    Attributes:
        passage: its number.
        coverage: the share of its n-grams that the text has.
        words: how many in a row are the same.
        common: these words.
    """

    passage: int
    coverage: float
    words: int
    common: str


def split_text(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return _WORD.findall(text.lower())


class PassageIndex:
    """Passages by their n-grams.  Those with the same words go by the number of the first.

    Args:
        texts: of the passages; those with fewer than `GRAM` words are never found.

    Attributes:
        alike: the numbers of passages with the same words, by the first of them.
        short: the numbers of passages with too few words.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._ids = _Vocabulary()
        alike: dict[tuple[str, ...], list[int]] = {}
        self.short: list[int] = []
        for number, text in enumerate(texts):
            words = tuple(split_text(text))
            if len(words) < GRAM:
                self.short.append(number)
            else:
                alike.setdefault(words, []).append(number)
        self.alike = {numbers[0]: numbers for numbers in alike.values()}
        for words in alike:
            for word in words:
                self._ids.setdefault(word, len(self._ids) + 1)
        self._words = ["", *self._ids]
        self._passages = {
            numbers[0]: np.array([self._ids[word] for word in words], np.int64)
            for words, numbers in alike.items()
        }
        hashes, owners = [], []
        for number, ids in self._passages.items():
            grams = _hashes(ids)
            hashes.append(grams)
            owners.append(np.full(len(grams), number, np.int64))
        self._hashes = np.concatenate(hashes) if hashes else np.zeros(0, np.uint64)
        self._owners = np.concatenate(owners) if owners else np.zeros(0, np.int64)
        order = np.argsort(self._hashes, kind="stable")
        self._hashes, self._owners = self._hashes[order], self._owners[order]
        self._grams = np.unique(self._hashes)

    @property
    def grams(self) -> int:
        """How many n-grams there are."""
        return len(self._grams)

    def find(self, text: str) -> list[PassageMatch]:
        """The passages that stand in a text by one of the two rules, in their order."""
        words = split_text(text)
        if len(words) < GRAM or not len(self._grams):
            return []
        ids = np.fromiter(map(self._ids.__getitem__, words), np.int64, len(words))
        hits = self._hits(ids)
        if not len(hits):
            return []
        found = []
        for number in np.unique(np.concatenate([self._owners_of(one) for one in hits])):
            match = self._match(int(number), ids, hits)
            if match.words >= LONG or (match.words >= GRAM and match.coverage >= MOST):
                found.append(match)
        return found

    def _hits(self, ids: Ids) -> Hashes:
        """The n-grams of a text that some passage has, by hash; those with an unknown word are
        none."""
        known = ids > 0
        if np.count_nonzero(known) < GRAM:
            return np.zeros(0, np.uint64)
        unknown_before = np.concatenate([[0], np.cumsum(~known)])
        whole = unknown_before[GRAM:] == unknown_before[:-GRAM]
        if not whole.any():
            return np.zeros(0, np.uint64)
        grams = np.unique(_hashes(ids)[whole])
        places = np.searchsorted(self._grams, grams)
        places[places == len(self._grams)] = 0
        found: Hashes = grams[self._grams[places] == grams]
        return found

    def _owners_of(self, gram: np.uint64) -> Ids:
        start, end = np.searchsorted(self._hashes, [gram, gram + np.uint64(1)])
        return self._owners[start:end]

    def _match(self, number: int, ids: Ids, hits: Hashes) -> PassageMatch:
        passage = self._passages[number]
        grams = np.unique(_hashes(passage))
        coverage = len(np.intersect1d(grams, hits, assume_unique=True)) / len(grams)
        start, length = _longest_run(passage, ids)
        words = [self._words[one] for one in passage[start : start + length][:_WORDS_SHOWN]]
        more = " ..." if length > _WORDS_SHOWN else ""
        return PassageMatch(number, round(coverage, 3), length, " ".join(words) + more)


class _Vocabulary(dict[str, int]):
    """Numbers of words from 1; 0 for a word that is not known."""

    def __missing__(self, word: str) -> int:
        return 0


def _hashes(ids: Ids) -> Hashes:
    """A 64-bit hash of each n-gram, in order: a polynomial over mixed numbers of words."""
    mixed = ids.astype(np.uint64) * np.uint64(_MULTIPLIER)
    mixed ^= mixed >> np.uint64(29)
    count = len(ids) - GRAM + 1
    result = np.zeros(count, np.uint64)
    for offset in range(GRAM):
        result *= np.uint64(_MULTIPLIER)
        result += mixed[offset : offset + count]
        result ^= result >> np.uint64(31)
    return result


def _longest_run(passage: Ids, text: Ids) -> tuple[int, int]:
    """Where in a passage the longest row of words begins that a text has too, and its length.

    One row of the table of common suffixes at a time, over the positions of the text that hold a
    word of the passage.
    """
    where: dict[int, list[int]] = {}
    for position, word in enumerate(text.tolist()):
        if word:
            where.setdefault(word, []).append(position)
    best_end, best, before = 0, 0, dict[int, int]()
    for end, word in enumerate(passage.tolist()):
        row = {}
        for position in where.get(word, ()):
            length = before.get(position - 1, 0) + 1
            row[position] = length
            if length > best:
                best_end, best = end, length
        before = row
    return best_end - best + 1, best
