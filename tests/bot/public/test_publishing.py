"""Does what people confirmed stand on the page exactly once, whatever fails, and are they told?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fixtures.small_pong import DEV, MARIA
from tests.fixtures.telling import Telling, telling


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Telling]:
    async with telling(tmp_path) as given:
        yield given


async def killed(told: Telling, *, after_the_call: bool) -> None:
    """Pong dies in the middle of the next call: before it reaches the page, or before its answer is kept."""
    told.small.clock.advance(2)
    taken = await told.small.pong.store.write(told.publishing._take)
    assert taken is not None
    if after_the_call:
        await told.publishing._ask(taken)
    told.crashes()


@pytest.mark.parametrize("after_the_call", [True, False])
async def test_pong_that_dies_before_the_answer_opens_exactly_one(told: Telling, after_the_call: bool):
    await told.publishes()
    await killed(told, after_the_call=after_the_call)
    await told.settles()
    assert told.page.creates == 1
    assert told.page.texts == [("investigating", "We are investigating.")]


@pytest.mark.parametrize("after_the_call", [True, False])
async def test_pong_that_dies_in_an_update_tells_it_exactly_once(told: Telling, after_the_call: bool):
    await told.publishes()
    await told.settles()
    await told.publishes(status="monitoring", body="It works again.")
    await killed(told, after_the_call=after_the_call)
    await told.settles()
    assert told.page.texts[1:] == [("monitoring", "It works again.")]


async def test_a_lost_answer_is_looked_up_and_nothing_is_opened_twice(told: Telling):
    told.page.loses = 1
    await told.publishes()
    await told.settles()
    assert told.page.creates == 1
    assert told.page.asked[1].endswith("/incidents/unresolved")
    assert "🌐 On the status page since" in (await told.newest("incident:1/public:1"))["text"]


async def test_a_lost_answer_to_an_update_is_looked_up_and_not_told_twice(told: Telling):
    await told.publishes()
    await told.settles()
    told.page.loses = 1
    await told.publishes(body="We know what it is.", status="identified")
    await told.settles()
    assert len(told.page.texts) == 2


async def test_what_somebody_resolved_on_the_page_meanwhile_is_found_too(told: Telling):
    told.page.loses = 1
    await told.publishes()
    await told.steps(1)
    told.page.incidents[0]["status"] = "resolved"
    await told.settles()
    assert told.page.creates == 1
    assert [path for path in told.page.asked if path.endswith("/incidents")]


async def test_an_answer_that_is_lost_is_not_looked_for_before_the_call_can_have_ended(told: Telling):
    told.page.loses = 1
    await told.publishes()
    await told.steps(11)
    assert len(told.page.asked) == 1
    await told.steps(4)
    assert len(told.page.asked) == 2


@pytest.mark.parametrize("limited", [420, 429])
async def test_who_is_too_fast_for_the_page_waits_and_loses_nothing(tmp_path: Path, limited: int):
    async with telling(tmp_path) as told:
        told.page._limited = limited
        await told.publishes()
        told.page._last_ms = told.small.clock.now_ms() + 1_000  # another with the same key was there
        await told.steps(1, every_s=1)
        assert told.page.too_fast == 1
        assert "Statuspage asks to wait" in (await told.newest("incident:1/public:1"))["text"]
        await told.settles()
        assert told.page.creates == 1


async def test_pong_itself_asks_no_more_than_once_a_second(told: Telling):
    await told.publishes()
    await told.settles()
    told.page.loses = 3
    for number in range(4):
        await told.publishes(body=f"Text {number} of the night.")
        for _ in range(400):
            await told.steps(1, every_s=0.1)
    assert told.page.too_fast == 0
    assert len(told.page.texts) == 5


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "Next: put the right key into STATUSPAGE_API_KEY"),
        (403, "Next: give the key in STATUSPAGE_API_KEY that right"),
        (404, "Next: look at page_id and component_ids in pong.toml"),
    ],
)
async def test_a_refusal_is_one_sentence_with_what_to_mend_and_the_text_is_kept(
    told: Telling, status: int, says: str
):
    told.page.answers = status
    await told.publishes(body="Kept, whatever happens.")
    await told.settles()
    [post] = await told.small.posted("so nothing was published. The text is kept.")
    assert says in post["text"]
    assert f"<@{MARIA}>" in post["text"]
    assert "pong:publish" in str(post["blocks"])
    assert "Kept, whatever happens." in str(await told.newest("incident:1/public:1"))
    told.page.answers = 0
    await told.publishes(body="Kept, whatever happens.", by=DEV)
    await told.settles()
    assert told.page.texts == [("investigating", "Kept, whatever happens.")]


async def test_statuspage_s_own_words_are_told_and_mention_nobody(told: Telling):
    told.page.refuses = ["Name <!channel> is *not* allowed"]
    await told.publishes()
    await told.settles()
    [post] = await told.small.posted("so nothing was published")
    assert "HTTP 422" in post["text"]
    assert "&lt;!channel&gt;" in post["text"]
    assert "<!channel>" not in str(post)


async def test_while_the_page_is_away_it_is_said_and_tried_on(told: Telling):
    told.page.answers = 503
    await told.publishes()
    await told.steps(20)
    message = await told.newest("incident:1/public:1")
    assert "Statuspage answered HTTP 503 (Not now). Pong goes on trying for 15 minutes" in message["text"]
    told.page.answers = 0
    await told.settles()
    assert told.page.creates == 1


async def test_what_never_came_through_says_that_nothing_was_published(told: Telling):
    told.page.is_down = True
    await told.publishes()
    await told.settles()
    assert await told.small.posted("Statuspage cannot be reached, so nothing was published.")


async def test_what_was_confirmed_long_ago_is_not_told_as_news(told: Telling):
    await told.publishes()
    told.crashes()
    told.small.clock.advance(3 * 60 * 60)
    await told.settles()
    assert not told.page.asked
    [post] = await told.small.posted(
        "That text could not be told within 15 minutes, so nothing was published"
    )
    assert "The text is kept. Next: press Publish… again." in post["text"]


async def test_what_was_told_before_a_long_absence_is_found_again(told: Telling):
    await told.publishes()
    await killed(told, after_the_call=True)
    told.small.clock.advance(3 * 60 * 60)
    await told.settles()
    assert told.page.creates == 1
    assert "🌐 On the status page since" in (await told.newest("incident:1/public:1"))["text"]


async def test_what_is_not_known_is_called_so_and_is_not_doubled_by_who_tries_again(told: Telling):
    told.page.loses = 1
    await told.publishes()
    await told.steps(1)
    told.page.answers = 500
    await told.settles()
    assert await told.small.posted(
        "so it is not known whether it was published. Next: look at your status page."
    )
    told.page.answers = 0
    told.crashes()
    await told.publishes(body="We are still investigating.")
    await told.settles()
    assert told.page.creates == 1
    assert [body for _, body in told.page.texts] == ["We are investigating.", "We are still investigating."]


async def test_what_was_deleted_on_the_page_is_opened_anew_by_the_next_text(told: Telling):
    await told.publishes()
    await told.settles()
    told.page.incidents.clear()
    await told.publishes(body="We go on.")
    await told.settles()
    assert await told.small.posted("so nothing was published")
    await told.publishes(body="We go on.")
    await told.settles()
    assert told.page.texts == [("investigating", "We go on.")]


async def test_the_components_of_the_settings_are_named_when_it_is_opened(tmp_path: Path):
    async with telling(tmp_path, components=("ftgks51sfs2d",)) as told:
        await told.publishes()
        await told.settles()
        assert told.page.creates == 1


async def test_its_link_is_shown_only_where_pong_may_link(tmp_path: Path, told: Telling):
    await told.publishes()
    await told.settles()
    assert "stspg.example" not in str(await told.newest("incident:1/public:1"))
    async with telling(tmp_path / "linked", links=("stspg.example",)) as linked:
        await linked.publishes()
        await linked.settles()
        assert "<https://stspg.example/p31zjtct2jer0|open it>" in str(
            await linked.newest("incident:1/public:1")
        )
        assert "<https://stspg.example/p31zjtct2jer0|Investigating>" in str(await linked.small.parent())
