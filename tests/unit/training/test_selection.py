"""Which dialogues a phase is given."""

from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from agentscaler.dataset import DatasetDomain, Example
from agentscaler.training import DataSelection, LeftOut, select_examples
from agentscaler.training.selection import Candidate, choose, show

TOOL = {"type": "function", "function": {"name": "t", "description": "", "parameters": {}}}


def example(number: int, domain: str = "d", **changes: object) -> Example:
    origin = dict.fromkeys(("trajectory", "state", "engine", "agent", "user"), "x")
    call = {"id": "1", "type": "function", "function": {"name": "t3", "arguments": {}}}
    messages = [
        {"role": "system", "content": "policy"},
        {"role": "user", "content": f"wish {number}"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
    ]
    tools = [{**TOOL, "function": {**TOOL["function"], "name": f"t{n}"}} for n in range(6)]
    made: dict[str, object] = {
        **origin,
        "id": f"e{number}",
        "task": f"task{number // 2}",
        "domain": domain,
        "seed": 0,
        "kind": "read",
        "recovered": False,
        "split": "train",
        "messages": messages,
        "tools": tools,
        "fingerprints": [f"f{n}" for n in range(6)],
        "loss_mask": [False, False, True],
    }
    return Example.model_validate({**made, **changes})


def domain(name: str, engine: str = "rules", service: str = "s") -> DatasetDomain:
    told = {"id": name, "title": name, "provider": "p", "service": service, "engine": engine}
    return DatasetDomain.model_validate({**told, "split": "train", "examples": 1, "tools": ()})


def candidate(number: int, tokens: int = 10, learned: int = 2) -> Candidate:
    return Candidate(f"e{number}", f"task{number // 2}", f"d{number % 5}", tokens, learned, "x")


DOMAINS = {
    "hotel": domain("hotel", "curated", "verticals"),
    "s3": domain("s3", service="aws.s3"),
    "ec2": domain("ec2", service="aws.ec2"),
}


def chosen(selection: DataSelection, examples: Sequence[Example]) -> set[str]:
    return {
        one.id for one in select_examples(examples, selection, DOMAINS, lambda _: (10, 2)).examples
    }


def test_domains_services_and_verticals_are_named_and_any_name_will_do() -> None:
    examples = [example(1, "hotel"), example(2, "s3"), example(3, "ec2")]
    assert chosen(DataSelection(), examples) == {"e1", "e2", "e3"}
    assert chosen(DataSelection(verticals=("all",)), examples) == {"e1"}
    assert chosen(DataSelection(verticals=("s3",)), examples) == set(), "it is no vertical"
    assert chosen(DataSelection(services=("aws.*",)), examples) == {"e2", "e3"}
    assert chosen(DataSelection(verticals=("hotel",), domains=("s3",)), examples) == {"e1", "e2"}
    assert chosen(DataSelection(without=("aws.s3", "hotel")), examples) == {"e3"}


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    examples = [
        example(1, split="held_out"),
        example(2, kind="special"),
        example(3, messages=[{"role": "user", "content": "x" * 99}], loss_mask=[False]),
        example(4, loss_mask=[False, False, False]),
        example(5),
        example(6),
    ]

    def length(one: Example) -> tuple[int, int]:
        return len(str(one.messages[-1]["content"])) + 1, sum(one.loss_mask)

    selection = DataSelection(kinds=("read",), max_tokens=50, tokens=1)
    made = select_examples(examples, selection, {}, length)
    assert len(made.examples) == 1
    assert made.chosen.left_out == {
        LeftOut.SPLIT: 1,
        LeftOut.KIND: 1,
        LeftOut.LENGTH: 1,
        LeftOut.NOTHING_LEARNED: 1,
        LeftOut.BUDGET: 1,
    }


def test_a_budget_takes_examples_in_order_until_one_does_not_fit() -> None:
    candidates = [candidate(n, tokens=10) for n in range(20)]
    made = choose(candidates, DataSelection(tokens=55))
    assert (len(made.places), made.tokens) == (5, 50)
    assert made.left_out == {LeftOut.BUDGET: 15}
    larger = choose(candidates, DataSelection(tokens=100))
    assert larger.places[:5] == made.places


def test_the_order_follows_from_the_seed_and_not_from_what_else_is_there() -> None:
    candidates = [candidate(n) for n in range(40)]
    order = [candidates[n].id for n in choose(candidates, DataSelection(seed=3)).places]
    assert order != [one.id for one in candidates]
    assert order != [candidates[n].id for n in choose(candidates, DataSelection(seed=4)).places]
    fewer = candidates[::2]
    left = [fewer[n].id for n in choose(fewer, DataSelection(seed=3)).places]
    assert left == [name for name in order if name in {one.id for one in fewer}]


def test_short_ones_may_come_first() -> None:
    candidates = [candidate(n, tokens=30 - n) for n in range(20)]
    assert choose(candidates, DataSelection(order="short_first")).places == tuple(range(19, -1, -1))
    assert choose(candidates, DataSelection(order="as_made")).places == tuple(range(20))


def test_tasks_are_set_apart_whole_and_at_least_one_of_several() -> None:
    candidates = [candidate(n) for n in range(400)]
    made = choose(candidates, DataSelection(), apart=0.1)
    apart = {(candidates[n].domain, candidates[n].task) for n in made.apart}
    trained = {(candidates[n].domain, candidates[n].task) for n in made.places}
    assert not apart & trained
    assert 20 < len(made.apart) < 70
    assert made.left_out == {LeftOut.APART: len(made.apart)}
    few = choose(candidates[:3], DataSelection(), apart=0.001)
    assert len(few.apart) >= 1
    assert few.places


def test_the_fingerprint_tells_ids_contents_and_order_apart() -> None:
    def fingerprint(*examples: Example, **settings: object) -> str:
        selection = DataSelection.model_validate({"order": "as_made", **settings})
        made = select_examples(examples, selection, {}, lambda _: (10, 2))
        return made.chosen.fingerprint

    one, two = example(1), example(2)
    same = fingerprint(one, two)
    assert same == fingerprint(example(1), example(2))
    others = [
        fingerprint(two, one),
        fingerprint(one),
        fingerprint(example(1, id="other"), two),
        fingerprint(example(1, loss_mask=[False] * 3), two),
        fingerprint(one, two, system=False),
        fingerprint(one, two, most_tools=2),
    ]
    assert len({same, *others}) == 7


def test_less_of_an_example_may_be_shown() -> None:
    shown = show(example(1), DataSelection(system=False, most_tools=2))
    assert [message["role"] for message in shown.messages] == ["user", "assistant"]
    assert shown.loss_mask == [False, True]
    names = [tool["function"]["name"] for tool in shown.tools]
    assert len(names) == 2
    assert "t3" in names, "what it calls is always shown"
    assert shown.fingerprints == [f"f{name[1:]}" for name in names]
    assert show(example(1), DataSelection()) == example(1)


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="is empty"):
        DataSelection(domains=("",))
