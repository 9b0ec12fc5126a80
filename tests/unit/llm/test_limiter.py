"""`Limiter`: how many are let in, and who waits."""

import asyncio

from agentscaler.llm.limiter import Limiter


def test_no_more_are_inside_than_the_limit() -> None:
    limiter, most = Limiter(3), 0

    async def enter() -> None:
        nonlocal most
        async with limiter:
            most = max(most, limiter.inside)
            await asyncio.sleep(0)

    async def play() -> None:
        await asyncio.gather(*(enter() for _ in range(20)))

    asyncio.run(play())
    assert (most, limiter.inside) == (3, 0)


def test_a_round_of_answers_allows_one_more() -> None:
    limiter = Limiter(100, start=4)
    for _ in range(5):
        limiter.answered()
    assert limiter.limit == 5


def test_the_limit_never_leaves_its_bounds() -> None:
    limiter = Limiter(2, start=2)
    for _ in range(50):
        limiter.answered()
    assert limiter.limit == 2
    for epoch in range(50):
        limiter.overloaded(epoch)
    assert limiter.limit == 1


def test_those_on_the_way_together_count_once() -> None:
    limiter = Limiter(64)

    async def play() -> list[int]:
        epochs = [await limiter.__aenter__() for _ in range(64)]
        limits = []
        for epoch in epochs:
            limiter.overloaded(epoch)
            limits.append(limiter.limit)
        for _ in epochs:
            await limiter.__aexit__(None, None, None)
        async with limiter as epoch:
            limiter.overloaded(epoch)
        return [*limits, limiter.limit]

    assert asyncio.run(play()) == [32] * 64 + [16]


def test_who_is_cancelled_while_waiting_takes_no_place() -> None:
    limiter = Limiter(1)

    async def hold(until: asyncio.Event) -> None:
        async with limiter:
            await until.wait()

    async def play() -> None:
        done = asyncio.Event()
        tasks = [asyncio.create_task(hold(done)) for _ in range(4)]
        await asyncio.sleep(0)
        tasks[1].cancel()  # waits
        await asyncio.sleep(0)
        done.set()
        tasks[2].cancel()  # waits, or has just been called in
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(asyncio.wait_for(play(), 5))
    assert limiter.inside == 0


def test_who_is_cancelled_just_when_called_in_gives_the_place_on() -> None:
    limiter = Limiter(1)

    async def play() -> bool:
        await limiter.__aenter__()
        called, next_one = (asyncio.create_task(limiter.__aenter__()) for _ in range(2))
        await asyncio.sleep(0)
        await limiter.__aexit__(None, None, None)
        called.cancel()
        await asyncio.gather(called, return_exceptions=True)
        await asyncio.wait_for(next_one, 5)
        return called.cancelled()

    assert asyncio.run(play())
    assert limiter.inside == 1
