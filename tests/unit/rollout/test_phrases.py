"""A speaker's choice of phrases."""

import re

from agentscaler.rollout.agent_phrases import (
    ACKNOWLEDGEMENTS,
    ASKS,
    ASKS_FOR_ONE,
    ASKS_FOR_SEVERAL,
    CONFIRMATIONS,
)
from agentscaler.rollout.mistake import MistakeKind
from agentscaler.rollout.personas import PERSONAS
from agentscaler.rollout.phrases import PlainVoice, Voice, expansions, fill, seeded
from agentscaler.rollout.user_phrases import COMMON


def test_no_phrase_comes_twice_before_its_bank_is_used_up() -> None:
    voice = Voice(seeded("a"))
    bank = ["one", "two", "three"]
    assert sorted(voice.say(bank) for _ in bank) == ["one", "three", "two"]


def test_equal_seeds_speak_alike() -> None:
    bank = [str(number) for number in range(50)]
    first, second = Voice(seeded("a")), Voice(seeded("a"))
    assert [first.say(bank) for _ in range(9)] == [second.say(bank) for _ in range(9)]


def test_a_full_stop_is_not_doubled_after_a_value_that_closes_a_sentence() -> None:
    assert fill("call it {said}.", said="Acme Inc.") == "call it Acme Inc."
    assert fill('It should say "{said}".', said="Stop.") == 'It should say "Stop."'
    assert fill("{Request}, please.", request="look") == "Look, please."


def test_a_value_keeps_its_case_unless_the_phrase_says_otherwise() -> None:
    assert fill("{said}.", said="silver-research") == "silver-research."
    assert fill("{Request}, please.", request="stop it") == "Stop it, please."


def test_every_phrase_opens_with_a_capital_letter_or_a_value() -> None:
    banks = [ASKS, ASKS_FOR_ONE, ASKS_FOR_SEVERAL, CONFIRMATIONS, *ACKNOWLEDGEMENTS.values()]
    for persona in PERSONAS:
        banks += [bank for bank in vars(persona).values() if isinstance(bank, tuple)]
    banks += [bank for bank in vars(COMMON).values() if isinstance(bank, tuple)]
    forms = [form for bank in banks for phrase in bank for form in expansions(phrase) if form]
    for form in forms:
        opening = form[1] if form.startswith(("{Request}", "{First}", "{Question}")) else form[0]
        assert opening.isupper() or form.startswith(("{correction}", "1) ")), form
        assert not re.search(r"  |[\[\]|]", form), form


def test_values_with_braces_are_left_alone() -> None:
    assert fill("It's {said}.", said="{request}") == "It's {request}."


def test_every_kind_of_mistake_can_be_owned_up_to() -> None:
    assert {*ACKNOWLEDGEMENTS, MistakeKind.ASKED_AGAIN} == set(MistakeKind)


def test_every_persona_can_put_a_request_in_several_ways() -> None:
    for persona in PERSONAS:
        openings = {
            fill(form, request="x", wish="x")
            for phrase in persona.asks + persona.wishes
            for form in expansions(phrase)
        }
        assert len(openings) >= 9, persona.name


def test_a_choice_takes_one_of_its_forms() -> None:
    bank = ["[Could|Can] you [please |]stop?"]
    said = {Voice(seeded(str(seed))).say(bank) for seed in range(60)}
    assert (
        said
        == set(expansions(bank[0]))
        == {
            "Could you please stop?",
            "Could you stop?",
            "Can you please stop?",
            "Can you stop?",
        }
    )


def test_the_plain_voice_always_takes_the_first_phrase() -> None:
    voice = PlainVoice(seeded("a"))
    assert {voice.say(["[one|two] {x}", "three"], x="y") for _ in range(20)} == {"one y"}
    assert not voice.chance(1.0)


def test_a_slip_of_the_keyboard_is_never_in_a_value() -> None:
    voice = Voice(seeded("a"), typo_rate=1.0)
    said = [
        voice.say_loosely(["Please transfer {amount} tomorrow."], amount="thousands")
        for _ in range(60)
    ]
    assert all(" thousands " in words for words in said)
    assert all(words != "Please transfer thousands tomorrow." for words in said)
    assert len(set(said)) > 10
