import pytest

from agentscaler.evaluation.tau.tau_bench_episodes import actions_of, was_stopped


def calling(name: str, arguments: str) -> dict[str, object]:
    function = {"name": name, "arguments": arguments}
    return {"role": "assistant", "content": None, "tool_calls": [{"function": function}]}


def test_calls_and_answers_are_the_actions_of_an_agent_and_only_the_first_call_counts() -> None:
    two = calling("look", '{"id": 1}')
    two["tool_calls"].append({"function": {"name": "cancel", "arguments": "{}"}})  # type: ignore[attr-defined]
    said = {"role": "assistant", "content": "Done."}
    assert actions_of([{"role": "user", "content": "Hi"}, two, said]) == [
        {"name": "look", "kwargs": {"id": 1}},
        {"name": "respond", "kwargs": {"content": "Done."}},
    ]


def test_agents_that_write_their_calls_as_text_are_read() -> None:
    system = {"role": "system", "content": "policy\n#Available tools\n[]"}
    call = {
        "role": "assistant",
        "content": 'Thought:\nx\nAction:\n{"name": "look", "arguments": {"id": 2}}',
    }
    talk = {"role": "assistant", "content": "Thought:\nx\nAction:\nHello there"}
    assert actions_of([system, call, talk]) == [
        {"name": "look", "kwargs": {"id": 2}},
        {"name": "respond", "kwargs": {"content": "Hello there"}},
    ]


@pytest.mark.parametrize("arguments", ["{", "[1]", "null"])
def test_arguments_that_are_no_object_are_refused(arguments: str) -> None:
    with pytest.raises(ValueError, match="call"):
        actions_of([calling("look", arguments)])


def test_an_episode_was_stopped_where_the_user_says_so_last() -> None:
    stop = {"role": "user", "content": "###STOP###"}
    assert was_stopped([stop])
    assert not was_stopped([stop, {"role": "assistant", "content": "Bye."}])
    assert not was_stopped([])
