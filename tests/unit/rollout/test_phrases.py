"""A speaker's choice of phrases."""

from agentscaler.rollout.agent_phrases import (
    ACKNOWLEDGEMENTS,
    ASKS,
    ASKS_FOR_ONE,
    ASKS_FOR_SEVERAL,
    CONFIRMATIONS,
)
from agentscaler.rollout.mistakes import MistakeKind
from agentscaler.rollout.phrases import Voice, fill, seeded
from agentscaler.rollout.user_phrases import PERSONAS


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
    for phrase in (phrase for bank in banks for phrase in bank if phrase):
        assert phrase[0].isupper() or phrase.startswith(("{Request}", "{First}")), phrase


def test_values_with_braces_are_left_alone() -> None:
    assert fill("It's {said}.", said="{request}") == "It's {request}."


def test_every_kind_of_mistake_can_be_owned_up_to() -> None:
    assert set(ACKNOWLEDGEMENTS) == set(MistakeKind)


def test_every_persona_can_put_a_request_in_several_ways() -> None:
    for persona in PERSONAS:
        openings = {fill(phrase, request="x") for phrase in persona.asks + persona.wishes}
        assert len(openings) >= 7, persona.name
