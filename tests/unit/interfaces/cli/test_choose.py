"""`choose`: how people name a record."""

import random

import pytest

from agentscaler.errors import InputError
from agentscaler.interfaces.cli.choose import choose

IDS = ["aws-connect-flows-3f2a/001", "aws-connect-flows-3f2a/002", "google-drive-files-9b1c/001"]


def find(wanted: str) -> str:
    return choose(IDS, wanted, "task", random.Random("0"))


def test_a_whole_id_is_itself_even_when_others_begin_with_it() -> None:
    assert choose(["a", "ab"], "a", "task", random.Random("0")) == "a"


def test_the_beginning_of_just_one_id_is_enough() -> None:
    assert find("goo") == IDS[2]


@pytest.mark.parametrize("wanted", ["#2", "2"])
def test_a_number_counts_from_one(wanted: str) -> None:
    assert find(wanted) == IDS[1]


def test_random_takes_each_of_them_sometime() -> None:
    rng = random.Random("0")
    assert {choose(IDS, "random", "task", rng) for _ in range(50)} == set(IDS)


def test_the_beginning_of_several_ids_is_answered_with_some_of_them() -> None:
    with pytest.raises(InputError, match=r"2 task ids begin with aws-.*001, aws.*002"):
        find("aws-")


def test_an_unknown_id_is_answered_with_near_ones() -> None:
    with pytest.raises(InputError, match=r"no task google-drive-fils.*Near it: google-drive-files"):
        find("google-drive-fils-9b1c/001")


def test_a_word_inside_an_id_is_near_enough() -> None:
    with pytest.raises(InputError, match=r"Near it: google-drive-files-9b1c/001"):
        find("DRIVE")


@pytest.mark.parametrize("wanted", ["#0", "#4", "99"])
def test_a_number_past_the_end_is_answered_with_the_range(wanted: str) -> None:
    with pytest.raises(InputError, match="#1 to #3"):
        find(wanted)


def test_nothing_to_choose_from_says_so() -> None:
    with pytest.raises(InputError, match="no domain yet"):
        choose([], "random", "domain", random.Random("0"))
