"""Worlds that are given out again are fresh."""

from contextlib import closing

from agentscaler.domain import Domain
from agentscaler.domain.worlds import Worlds


def test_a_world_is_given_out_again_as_newly_opened(library: Domain) -> None:
    with closing(Worlds(library)) as worlds, library.world("main") as new:
        world = worlds.fresh("main")
        book = world.query("SELECT book_id FROM books ORDER BY 1")[0]["book_id"]
        assert world.call("update_book", {"book_id": book, "shelf": "Z1"}).ok
        assert not world.is_new
        assert worlds.fresh("main") is world
        assert world.is_new
        assert world.rows("books") == new.rows("books")


def test_a_mark_that_was_left_is_gone(library: Domain) -> None:
    with closing(Worlds(library)) as worlds:
        worlds.fresh("main").mark()
        worlds.fresh("main").fork().close()
