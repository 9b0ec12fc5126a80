"""Dialogues on which templates are tried: small, and with everything that real ones hold.

Each text in them is different from every other, so that what a template drops is missed.
"""

from typing import Any

from agentscaler.dataset import Example

__all__ = ["probes"]


def probes(*, thinking: bool) -> list[Example]:
    """With and without a system message, tools, thinking, mistakes, and words beside calls.

    Args:
        thinking: whether messages of the agent may hold thinking.
    """
    made = [_plain(), _with_tools(system=True), _with_tools(system=False), _awkward()]
    return [*made, _thinking()] if thinking else made


def _plain() -> Example:
    return _example(
        "plain",
        [
            {"role": "system", "content": "You keep the lighthouse."},
            {"role": "user", "content": "Is the lamp lit?"},
            {"role": "assistant", "content": "It is, since dusk."},
            {"role": "user", "content": "And the horn?"},
            {"role": "assistant", "content": "Silent. The night is clear."},
        ],
        [],
    )


def _with_tools(*, system: bool) -> Example:
    first = [{"role": "system", "content": "You keep the orchard."}] if system else []
    messages = [
        *first,
        {"role": "user", "content": "What grows in rows seven and nine?"},
        _calls("I shall look.", [("look_up", {"row": 7}), ("look_up", {"row": 9})]),
        _result(1, '{"tree":"quince"}'),
        _result(2, '{"tree":"medlar"}'),
        {"role": "assistant", "content": "Quinces and medlars."},
        {"role": "user", "content": "Prune the quinces."},
        _calls("", [("prune", {"kind": "quinces", "gently": True})], first=3),
        _result(3, '{"error":"there is no kind quinces"}'),
        _calls("", [("prune", {"kind": "quince", "gently": True})], first=4),
        _result(4, '{"pruned":[{"tree":"q-1"},{"tree":"q-2"}]}'),
        {"role": "assistant", "content": "Both quince trees are pruned."},
    ]
    learned = [message["role"] == "assistant" for message in messages]
    learned[
        messages.index(_calls("", [("prune", {"kind": "quinces", "gently": True})], first=3))
    ] = False
    return _example("tools", messages, [_tool("look_up", "row"), _tool("prune", "kind")], learned)


def _awkward() -> Example:
    """Texts that begin and end with what pre-tokenizers like to merge, and letters of all kinds."""
    return _example(
        "awkward",
        [
            {"role": "user", "content": '"Grüße" – \n\n{"是": "🌲"}\n'},
            {"role": "assistant", "content": '"Quoted" first, 東京 last 🌊'},
            {"role": "user", "content": "\n\n(in brackets)"},
            {"role": "assistant", "content": "(so too)\n\n- a list\n- 12,345.60 €"},
            {"role": "user", "content": "..."},
            {"role": "assistant", "content": "...?!"},
        ],
        [],
    )


def _thinking() -> Example:
    return _example(
        "thinking",
        [
            {"role": "user", "content": "When does the ferry leave?"},
            {
                **_calls("One moment.", [("look_up", {"row": "ferry"})]),
                "reasoning_content": "The timetable knows.\n\nSo ask it.",
            },
            _result(1, '{"leaves":"17:40"}'),
            {
                "role": "assistant",
                "content": "At 17:40.",
                "reasoning_content": "It says twenty to six.",
            },
            {"role": "user", "content": "And the last one?"},
            {
                "role": "assistant",
                "content": "That is the last.",
                "reasoning_content": "None later.",
            },
        ],
        [_tool("look_up", "row")],
    )


def _calls(words: str, calls: list[tuple[str, dict[str, Any]]], first: int = 1) -> dict[str, Any]:
    made = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for number, (name, arguments) in enumerate(calls, first)
    ]
    return {"role": "assistant", "content": words, "tool_calls": made}


def _result(number: int, text: str) -> dict[str, Any]:
    return {"role": "tool", "content": text, "tool_call_id": f"call_{number}", "name": "a_tool"}


def _tool(name: str, parameter: str) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": f"Does what is called {name}.",
            "parameters": {
                "type": "object",
                "properties": {parameter: {"type": "string"}, "gently": {"type": "boolean"}},
                "required": [parameter],
            },
        },
    }


def _example(
    name: str,
    messages: list[dict[str, Any]],
    tools: list[dict[str, Any]],
    learned: list[bool] | None = None,
) -> Example:
    return Example(
        **dict.fromkeys(
            ("trajectory", "task", "domain", "state", "engine", "agent", "user"), "probe"
        ),
        id=f"the probe {name!r}",
        seed=0,
        kind="read",
        recovered=False,
        split="train",
        messages=messages,
        tools=tools,
        fingerprints=["" for _ in tools],
        loss_mask=learned or [message["role"] == "assistant" for message in messages],
    )
