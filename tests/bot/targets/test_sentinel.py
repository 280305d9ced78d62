"""Which server do the Sentinels name, when they agree and when they do not?"""

import pytest

from bot.playground.ports import free_port
from bot.targets.endpoint import Sentinels, parse_endpoint
from bot.targets.sentinel import View, do_agree, primary_of, views_of
from tests.fixtures.listeners import speaks
from tests.fixtures.redis_groups import SERVICE, watched


def group(url: str = "redis+sentinel://a,b,c/shop") -> Sentinels:
    found = parse_endpoint(url)
    assert isinstance(found, Sentinels)
    return found


def view(primary: tuple[str, int] | None) -> View:
    return View(sentinel="a:26379", primary=primary)


def test_most_of_them_decide() -> None:
    views = [view(("new", 1)), view(("old", 2)), view(("new", 1))]
    assert str(primary_of(group(), views)) == "new:1"
    assert not do_agree(views)


def test_who_names_nobody_does_not_disagree() -> None:
    assert do_agree([view(("new", 1)), view(None)])
    assert primary_of(group(), [view(None)]) is None


async def test_real_sentinels_tell_who_it_is_and_whether_they_could_fail_over() -> None:
    with watched() as real:
        first, *others = await views_of(group(real.url))
        assert first.primary == ("127.0.0.1", real.primary.port)
        assert first.can_fail_over
        assert not first.is_down
        real.sentinels[0].kill()
        gone, *_ = await views_of(group(real.url))
    assert (gone.is_reachable, gone.fault) == (False, "refuses connections")
    assert {other.primary for other in others} == {first.primary}


async def test_a_service_that_they_do_not_watch_and_a_silent_sentinel_are_told_apart() -> None:
    with watched() as real:
        url = real.url.replace(f"/{SERVICE}", f",127.0.0.1:{free_port()}/another")
        faults = [(one.is_reachable, one.fault) for one in await views_of(group(url))]
    assert faults == [(True, "does not know this service")] * 3 + [(False, "refuses connections")]


@pytest.mark.parametrize(
    "answer", [b"+OK\r\n", b"*2\r\n$2\r\nip\r\n$1\r\na\r\n", b":7\r\n", b"*0\r\n", b"_\r\n"]
)
async def test_what_answers_as_no_sentinel_does_is_told(answer: bytes) -> None:
    with speaks(answer=answer * 6) as port:
        (view,) = await views_of(group(f"redis+sentinel://127.0.0.1:{port}/shop"))
    assert view.primary is None
    assert view.fault
