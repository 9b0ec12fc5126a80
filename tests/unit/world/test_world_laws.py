"""Laws of worlds, and that two processes agree."""

import os
import subprocess
import sys
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentscaler.world.toolbox import Toolbox
from agentscaler.world.world import World

NOW = "2026-03-01T09:00:00Z"

moves = st.lists(
    st.one_of(
        st.tuples(
            st.just("create_order"),
            st.fixed_dictionaries({"customer_id": st.sampled_from(["customer-0", "customer-9"])}),
        ),
        st.tuples(
            st.sampled_from(["cancel_order", "delete_order", "get_order"]),
            st.fixed_dictionaries({"order_id": st.sampled_from(["order-0", "order-1", "order-3"])}),
        ),
        st.tuples(
            st.just("set_note"),
            st.fixed_dictionaries(
                {"order_id": st.sampled_from(["order-0", "order-1"]), "note": st.text(max_size=3)}
            ),
        ),
    ),
    max_size=8,
)


@settings(max_examples=50)
@given(before=moves, after=moves)
def test_a_fork_equals_a_world_that_did_it_all_itself(
    image: bytes, toolbox: Toolbox, before: list[Any], after: list[Any]
) -> None:
    with World(image, toolbox, now=NOW) as straight, World(image, toolbox, now=NOW) as parent:
        expected = [straight.call(*move) for move in before + after]
        seen = [parent.call(*move) for move in before]
        frozen = parent.changeset()
        with parent.fork() as fork:
            seen += [fork.call(*move) for move in after]
            assert seen == expected
            assert fork.changeset() == straight.changeset()
            assert fork.state_hash() == straight.state_hash()
        assert parent.changeset() == frozen


@settings(max_examples=50)
@given(moves=moves)
def test_refusals_and_reads_never_move_the_state(
    image: bytes, toolbox: Toolbox, moves: list[Any]
) -> None:
    with World(image, toolbox, now=NOW) as world:
        for name, arguments in moves:
            before = world.changeset()
            result = world.call(name, arguments)
            if not result.ok or name == "get_order":
                assert world.changeset() == before


@settings(max_examples=50)
@given(
    customers=st.lists(st.sampled_from(["customer-0", "customer-1", "customer-2"]), max_size=6),
    rng=st.randoms(use_true_random=False),
)
def test_independent_creates_commute(
    image: bytes, toolbox: Toolbox, customers: list[str], rng: Any
) -> None:
    shuffled = customers.copy()
    rng.shuffle(shuffled)
    with World(image, toolbox, now=NOW) as one, World(image, toolbox, now=NOW) as other:
        for customer in customers:
            assert one.call("create_order", {"customer_id": customer}).ok
        for customer in shuffled:
            assert other.call("create_order", {"customer_id": customer}).ok
        assert one.changeset() == other.changeset()
        assert one.state_hash() == other.state_hash()


SCRIPT = """
import sys
from agentscaler.world import Toolbox, ToolDefinition, World, create_image
source = '''
def spread(db, words):
    seen = {"zulu", "alpha"}
    for word in words:
        seen.add(word)
        db.run("INSERT INTO words VALUES (?, ?)", db.new_id("words"), word)
    return [word for word in seen if word not in {"x"}]
'''
tool = ToolDefinition(
    name="spread", description="", returns={}, effect="write", writes=("words",),
    parameters={"properties": {"words": {"type": "array", "items": {"type": "string"}}},
                "required": ["words"]},
)
image = create_image("CREATE TABLE words (word_id TEXT PRIMARY KEY, word TEXT) STRICT", {})
with World(image, Toolbox.compile(source, [tool]), now="t") as world:
    print(world.call("spread", {"words": ["echo", "bravo", "delta", "golf", "hotel"]}))
    print(world.changeset(), world.state_hash(), sorted(world.minted), len(image))
"""


def test_two_processes_agree_whatever_their_hash_seed() -> None:
    def output(seed: str) -> str:
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = [sys.executable, "-c", SCRIPT]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert output("1") == output("2") != ""
