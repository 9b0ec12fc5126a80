"""Which domains are learned from and which are held out."""

import pytest

from agentscaler.dataset.kinship import DomainSketch
from agentscaler.errors import InputError
from agentscaler.experiment.selection import nested_order, sketch_overlap, split_domains


def sketch(
    name: str, service: str = "", tools: tuple[str, ...] = (), tokens: float = 500
) -> DomainSketch:
    own = tuple(f"{name}_{verb}()" for verb in ("get", "list", "create", "delete"))
    return DomainSketch(name, service or f"{name}.service", frozenset(tools or own), tokens)


def test_a_family_is_held_out_whole_or_not_at_all() -> None:
    domains = [sketch(f"d{n:02}", f"service-{'abcdefghij'[n % 10]}") for n in range(30)]
    split = split_domains(domains, 9, seed=0)
    services = {one.id: one.service for one in domains}
    assert len(split.held_out) == 9
    assert not {services[name] for name in split.held_out} & {services[n] for n in split.train}
    assert sorted([*split.train, *split.held_out]) == [one.id for one in domains]


def test_a_large_family_only_trains() -> None:
    domains = [sketch(f"big{n}", "big") for n in range(8)] + [sketch(f"s{n}") for n in range(10)]
    for seed in range(5):
        split = split_domains(domains, 8, seed=seed, largest=6)
        assert not any(name.startswith("big") for name in split.held_out)


def test_the_split_is_the_seeds() -> None:
    domains = [sketch(f"d{n}") for n in range(40)]
    assert split_domains(domains, 10, seed=0) == split_domains(domains, 10, seed=0)
    assert split_domains(domains, 10, seed=0) != split_domains(domains, 10, seed=1)


def test_too_few_families_are_told() -> None:
    with pytest.raises(InputError, match="Only 0 of 5 domains can be held out, and 2 are wanted"):
        split_domains([sketch(f"d{n}", "one") for n in range(5)], 2, seed=0, largest=3)


def test_nothing_would_be_left_to_learn_from() -> None:
    with pytest.raises(InputError, match="can be held out"):
        split_domains([sketch(f"d{n}") for n in range(3)], 3, seed=0)


def test_every_beginning_of_the_order_is_alike_in_length() -> None:
    domains = [sketch(f"d{n:03}", tokens=100 + n) for n in range(256)]
    lengths = {one.id: one.tokens for one in domains}
    order = nested_order(domains, seed=3)
    assert sorted(order) == sorted(lengths)
    everywhere = sum(lengths.values()) / len(lengths)
    for size in (16, 64, 128, 256):
        mean = sum(lengths[name] for name in order[:size]) / size
        assert mean == pytest.approx(everywhere, rel=0.06), size


def test_each_sixteen_neighbours_are_one_of_each_stratum() -> None:
    domains = [sketch(f"d{n:03}", tokens=n) for n in range(64)]
    order = nested_order(domains, seed=0)
    for start in range(0, 64, 16):
        assert sorted(int(name[1:]) // 4 for name in order[start : start + 16]) == list(range(16))


def test_fewer_domains_than_strata_are_all_there() -> None:
    assert sorted(nested_order([sketch(f"d{n}") for n in range(5)], seed=0)) == [
        f"d{n}" for n in range(5)
    ]


def test_each_seed_has_an_order_of_its_own() -> None:
    domains = [sketch(f"d{n:03}", tokens=n) for n in range(64)]
    assert nested_order(domains, seed=0)[:16] != nested_order(domains, seed=1)[:16]


def test_the_overlap_is_the_share_of_held_out_tools_with_a_namesake() -> None:
    train = [sketch("a", tools=("tag(id)", "get(id)"))]
    held_out = [sketch("b", tools=("tag(id)", "list(id)")), sketch("c", tools=("get(name)",))]
    assert sketch_overlap(train, held_out) == pytest.approx(1 / 3)
