"""How varied the dialogues of the scripted pair are, beside a template baseline.

Run `python benchmarks/dialogues.py RUN [--episodes 2000] [--seed 0]` on a run folder that has
tasks.  It plays the same tasks twice: with the voices that ship, and with one phrase for each
purpose, which is what templates without variety give.  Values and the nouns of the domain are
masked before anything is counted, so that the figures speak of the wording and not of what is
spoken of; and both sides are cut to the same number of words, as all the figures depend on it.

Printed for the users' words, the agents' words and whole dialogues (tool calls by their names):
distinct n-grams over all n-grams (n = 1 to 4; higher is more varied), self-BLEU of sampled
messages (lower), the ratio to which zlib and lzma compress the text (higher, nearer 1), and then
the sentences that come most often.
"""

import argparse
import itertools
import lzma
import math
import random
import re
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from agentscaler.corpus.english import plural_noun
from agentscaler.domain.folder import load_domain
from agentscaler.rollout import ExpertMaker, RolloutSettings, ScriptedUserMaker, roll_out
from agentscaler.rollout.phrases import PlainVoice, Voice
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.task.speech import column_noun
from agentscaler.task.task import Task

ORDERS = (1, 2, 3, 4)
BLEU_SAMPLE = 200
COMPRESSED_BYTES = 1_000_000
SHOWN = 20
MASK, NOUN, CALL = "#", "~", "(call)"
QUOTED = re.compile(r'"[^"]+"')
ODD_WORD = re.compile(r"[\w./:@#?*+-]*[\d@_/][\w./:@#?*+-]*|\b[\w]+-[\w-]+\b")
NAME = re.compile(r"(?<=[a-z,:] )[A-Z][\w-]+(?: (?:of |and |the |for )?[A-Z][\w'-]+)*")
SENTENCE_END = re.compile(r"(?<=[.?!:])\s+|\n+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--episodes", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tasks = read_tasks(options.run, options.episodes, options.seed)
    ours = play(options.run, tasks, options.seed, Voice)
    plain = play(options.run, tasks, options.seed, PlainVoice)
    nouns = {name: domain_nouns(options.run, name) for name in {task.domain for task in tasks}}
    report(masked(ours, tasks, nouns), masked(plain, tasks, nouns))


def read_tasks(run: Path, most: int, seed: int) -> list[Task]:
    """A sample of the tasks of a run, in the run's order."""
    with (run / "tasks.jsonl").open(encoding="utf-8") as lines:
        texts = list(lines)
    chosen = sorted(random.Random(seed).sample(range(len(texts)), min(most, len(texts))))
    return [Task.model_validate_json(texts[index]) for index in chosen]


def play(run: Path, tasks: Sequence[Task], seed: int, voice: type[Voice]) -> list[Trajectory]:
    """One episode a task."""
    settings = RolloutSettings()
    work = (
        (load_domain(run / "domains" / name), list(group))
        for name, group in itertools.groupby(tasks, key=lambda task: task.domain)
    )
    start = time.process_time()
    played = roll_out(
        work,
        settings,
        seed,
        agent=ExpertMaker(settings.mistake_rate, voice),
        user=ScriptedUserMaker(
            settings.withhold_rate, settings.change_rate, settings.typo_rate, voice
        ),
    )
    trajectories = [one for unit in played for one in unit]
    seconds = time.process_time() - start
    kinds = Counter(kind for one in trajectories for kind in one.mistake_kinds)
    print(f"{voice.__name__}: {len(trajectories):,} episodes, {seconds:.1f} s with loading domains")
    print("  mistakes:", ", ".join(f"{n} {kind}" for kind, n in kinds.most_common()) or "none")
    return trajectories


def domain_nouns(run: Path, name: str) -> list[str]:
    """What a domain's rows and columns are called, singular and plural."""
    tables = load_domain(run / "domains" / name).manifest.tables
    nouns = {table.noun for table in tables}
    nouns |= {column_noun(column) for table in tables for column in table.columns}
    return sorted(nouns | {plural_noun(noun) for noun in nouns})


Texts = dict[str, list[list[str]]]
"""By whose words they are: the messages of each dialogue, masked."""


def masked(
    trajectories: Iterable[Trajectory], tasks: Sequence[Task], nouns: Mapping[str, Sequence[str]]
) -> Texts:
    by_id = {task.id: task for task in tasks}
    texts: Texts = {"users": [], "agents": [], "dialogues": []}
    for trajectory in trajectories:
        mask = masker(by_id[trajectory.task], nouns[trajectory.domain])
        turns = [
            (message.role, mask(message.content), [CALL for _ in message.tool_calls])
            for message in trajectory.messages
            if message.role in ("user", "assistant")
        ]
        texts["users"].append([words for role, words, _ in turns if role == "user"])
        texts["agents"].append([words for role, words, _ in turns if role != "user" and words])
        texts["dialogues"].append([" ".join([words, *calls]).strip() for _, words, calls in turns])
    return texts


def masker(task: Task, nouns: Sequence[str]) -> Callable[[str], str]:
    """Puts one sign for every value (facts, answers, quotations, names, numbers, ids), and another
    one for every noun of the domain."""
    values = {fact.said for fact in task.facts}
    values |= {said for goal in task.goals for answer in goal.answers for said in answer.said}
    known, named = _any_of(values), _any_of(nouns)

    def mask(text: str) -> str:
        text = NAME.sub(MASK, ODD_WORD.sub(MASK, QUOTED.sub(MASK, known.sub(MASK, text))))
        return named.sub(NOUN, text)

    return mask


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, phrases), key=lambda one: (-len(one), one))
    choices = "|".join(re.escape(one) for one in longest_first) or "$^"
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


def report(ours: Texts, plain: Texts) -> None:
    heads = [f"distinct-{n}" for n in ORDERS] + ["self-BLEU", "zlib", "lzma"]
    print(f"\n{'':30}" + "".join(f"{head:>12}" for head in heads))
    for whose in ours:
        sides = {"ours": ours[whose], "one phrase a purpose": plain[whose]}
        words = min(map(count_words, sides.values()))
        rows = {name: figures(side, words) for name, side in sides.items()}
        for name, row in rows.items():
            print(f"{whose:>9} {name:<20}" + "".join(f"{value:12.4f}" for value in row))
        ratios = (a / b for a, b in zip(*rows.values(), strict=True))
        print(f"{'':>9} {'ratio':<20}" + "".join(f"{ratio:12.2f}" for ratio in ratios))
    for whose in ("users", "agents"):
        for name, texts in (("ours", ours), ("one phrase a purpose", plain)):
            print_sentences(f"{whose}, {name}", texts[whose])


def count_words(dialogues: Sequence[Sequence[str]]) -> int:
    return sum(len(words.split()) for dialogue in dialogues for words in dialogue)


def figures(dialogues: Sequence[Sequence[str]], most: int) -> list[float]:
    """Distinct-n for each order, self-BLEU, and two compression ratios, of so many words."""
    tokens: list[list[str]] = []
    for words in (words for dialogue in dialogues for words in dialogue):
        if most <= 0:
            break
        tokens.append(words.lower().split()[:most])
        most -= len(tokens[-1])
    text = "\n".join(" ".join(words) for words in tokens).encode()[:COMPRESSED_BYTES]
    return [
        *(distinct(tokens, n) for n in ORDERS),
        self_bleu(tokens),
        len(zlib.compress(text, 9)) / len(text),
        len(lzma.compress(text)) / len(text),
    ]


def distinct(tokens: Iterable[Sequence[str]], n: int) -> float:
    """Different n-grams over all n-grams (Li et al., arXiv 1510.03055)."""
    grams = list(itertools.chain.from_iterable(ngrams(words, n) for words in tokens))
    return len(set(grams)) / len(grams)


def self_bleu(tokens: Sequence[Sequence[str]]) -> float:
    """Mean BLEU-4 of sampled messages against the rest of the sample (Zhu et al., 1802.01886).

    Counts of zero are smoothed by adding one to every order above the first.
    """
    usable = [words for words in tokens if len(words) >= max(ORDERS)]
    sample = random.Random(0).sample(usable, min(BLEU_SAMPLE, len(usable)))
    counts = [[Counter(ngrams(words, n)) for n in ORDERS] for words in sample]
    return sum(_bleu(index, sample, counts) for index in range(len(sample))) / len(sample)


def _bleu(
    index: int,
    sample: Sequence[Sequence[str]],
    counts: Sequence[Sequence[Counter[tuple[str, ...]]]],
) -> float:
    logs = 0.0
    for order, n in enumerate(ORDERS):
        own = counts[index][order]
        hits = sum(
            min(many, max(one[order][gram] for i, one in enumerate(counts) if i != index))
            for gram, many in own.items()
        )
        extra = 0 if n == 1 else 1
        precision = (hits + extra) / (own.total() + extra)
        if precision == 0:
            return 0.0
        logs += math.log(precision) / len(ORDERS)
    length = len(sample[index])
    nearest = min(
        (abs(len(other) - length), len(other)) for i, other in enumerate(sample) if i != index
    )[1]
    return math.exp(min(0.0, 1 - nearest / length) + logs)


def ngrams(words: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(n)), strict=False)


def print_sentences(title: str, dialogues: Sequence[Sequence[str]]) -> None:
    """The most frequent sentences, with the share of dialogues that hold them."""
    held: Counter[str] = Counter()
    for dialogue in dialogues:
        pieces = {piece for words in dialogue for piece in SENTENCE_END.split(words) if piece}
        held.update(pieces)
    print(f"\nMost frequent sentences ({title}), by share of the dialogues that hold them")
    for piece, many in held.most_common(SHOWN):
        print(f"  {many / len(dialogues):6.1%}  {piece[:90]}")


if __name__ == "__main__":
    main()
