"""Is what was asked to be said kept as it was asked, once?"""

import base64
from typing import Any

import pytest

from bot.outbox.files import picture
from bot.store.outbox import POST, UPDATE, Class, Letter
from bot.store.protocol import Store
from bot.store.sqlite import open_sqlite
from bot.text import HIDDEN, Redactor

LANE = "C0INCIDENTS"


async def post(store: Store, id: str, text: str = "x", *, parent: str | None = None, **payload: Any) -> None:
    await store.write(
        lambda r: r.outbox.post(id, {"text": text, **payload}, lane=LANE, parent_id=parent, at_ms=1)
    )


async def edit(store: Store, id: str, text: str) -> None:
    await store.write(lambda r: r.outbox.edit(id, {"text": text}, at_ms=2))


async def waiting(store: Store) -> list[Letter]:
    return await store.read(lambda r: r.outbox.waiting(LANE))


async def sent(store: Store, id: str, ts: str) -> None:
    letter = next(one for one in await waiting(store) if one.message_id == id and one.method == POST)
    await store.write(lambda r: r.outbox.sending(letter.id, now_ms=3))
    await store.write(lambda r: r.outbox.sent(letter, ts=ts, now_ms=4))


async def test_the_same_name_is_posted_once(store: Store) -> None:
    for text in ("first", "second"):
        await post(store, "one", text)
    assert [letter.payload["text"] for letter in await waiting(store)] == ["first"]
    assert await store.read(lambda r: r.outbox.is_posted("one"))
    assert not await store.read(lambda r: r.outbox.is_posted("two"))


async def test_an_edit_of_what_is_unsent_changes_it(store: Store) -> None:
    await post(store, "one", "first", reply_broadcast=True, file={"filename": "f", "content": "c"})
    await edit(store, "one", "second")
    (letter,) = await waiting(store)
    assert letter.method == POST
    assert letter.payload["text"] == "second"
    assert letter.payload["file"]["filename"] == "f"
    assert letter.payload["reply_broadcast"] is True


async def test_an_edit_of_what_is_being_sent_waits_behind_it(store: Store) -> None:
    await post(store, "one", "first")
    (letter,) = await waiting(store)
    await store.write(lambda r: r.outbox.sending(letter.id, now_ms=2))
    await edit(store, "one", "second")
    await edit(store, "one", "third")
    assert [(one.method, one.payload["text"]) for one in await waiting(store)] == [
        (POST, "first"),
        (UPDATE, "third"),
    ]


async def test_an_edit_of_a_post_that_was_tried_is_an_update(store: Store) -> None:
    """It may have arrived: its form must not change under a look-up."""
    await post(store, "one", "first")
    (letter,) = await waiting(store)
    await store.write(lambda r: r.outbox.sending(letter.id, now_ms=2))
    await store.write(lambda r: r.outbox.again(letter.id, at_ms=3, error="x"))
    await edit(store, "one", "second")
    assert [one.method for one in await waiting(store)] == [POST, UPDATE]


async def test_an_edit_of_nothing_is_nothing(store: Store) -> None:
    await edit(store, "never said", "x")
    assert await waiting(store) == []


async def test_edits_that_wait_become_the_newest(store: Store) -> None:
    await post(store, "one")
    await sent(store, "one", "1.1")
    for number in range(5):
        await edit(store, "one", str(number))
    assert [(one.method, one.payload["text"], one.ts) for one in await waiting(store)] == [
        (UPDATE, "4", "1.1")
    ]


async def test_an_edit_after_one_that_went_out_is_a_new_one(store: Store) -> None:
    await post(store, "one")
    await sent(store, "one", "1.1")
    await edit(store, "one", "a")
    (first,) = await waiting(store)
    await store.write(lambda r: r.outbox.sending(first.id, now_ms=3))
    await edit(store, "one", "b")
    await store.write(lambda r: r.outbox.sent(first, ts=None, now_ms=4))
    assert [one.payload["text"] for one in await waiting(store)] == ["b"]
    assert await store.read(lambda r: r.outbox.ts_of("one")) == "1.1"


async def test_a_message_is_known_by_its_name_and_by_its_ts(store: Store) -> None:
    await post(store, "one")
    assert await store.read(lambda r: r.outbox.ts_of("one")) is None
    await sent(store, "one", "1.1")
    assert await store.read(lambda r: r.outbox.ts_of("one")) == "1.1"
    assert await store.read(lambda r: r.outbox.message_id_at(LANE, "1.1")) == "one"
    assert await store.read(lambda r: r.outbox.message_id_at("C0GENERAL", "1.1")) is None


async def test_what_is_kept_has_no_secret_and_can_be_read_back(store: Store) -> None:
    """A pattern that ran over the whole JSON would swallow its quote signs."""
    nasty = ['AUTH hunter2222"', 'password="hunter2222"', "redis://u:hunter2222@h/0", 'token=hunter2222\\"}']
    for number, text in enumerate(nasty):
        block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        await post(store, str(number), text, blocks=[block])
    letters = await waiting(store)
    assert len(letters) == len(nasty)
    assert all("hunter2222" not in str(letter.payload) for letter in letters)
    assert letters[0].payload["blocks"][0]["type"] == "section"


async def test_the_order_of_sending_is_by_class_then_by_age(store: Store) -> None:
    for number, klass in enumerate((Class.DIGEST, Class.INCIDENT, Class.ANSWER, Class.URGENT, Class.ANSWER)):
        await store.write(
            lambda r, n=number, k=klass: r.outbox.post(str(n), {"text": "x"}, lane=LANE, klass=k, at_ms=1)
        )
    assert [letter.message_id for letter in await waiting(store)] == ["3", "2", "4", "1", "0"]


@pytest.mark.parametrize("state", ["sent", "failed"])
async def test_what_is_settled_waits_no_more(store: Store, state: str) -> None:
    await post(store, "one")
    (letter,) = await waiting(store)
    if state == "sent":
        await store.write(lambda r: r.outbox.sent(letter, ts="1.1", now_ms=2))
    else:
        await store.write(lambda r: r.outbox.failed(letter.id, error="no"))
    assert await waiting(store) == []
    assert await store.read(lambda r: r.outbox.counts()) == {state: 1}


async def test_a_picture_is_kept_byte_for_byte_though_a_secret_stands_among_its_letters(url: str) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    file = picture("trend.png", png, alt="it said hunter2")
    redactor = Redactor(["hunter2", file["content"][40:45]])
    store = open_sqlite(url, redact=redactor.known, mirror=lambda event: None)
    try:
        await post(store, "one", file=file)
        (letter,) = await waiting(store)
    finally:
        await store.close()
    assert base64.b64decode(letter.payload["file"]["content"]) == png
    assert letter.payload["file"]["alt_txt"] == f"it said {HIDDEN}"


async def test_what_waits_behind_a_try_is_unheard_and_nothing_is_while_slack_takes_what_comes(
    store: Store,
) -> None:
    async def unheard() -> str | None:
        found = await store.read(lambda r: r.outbox.unheard(("one/update:", "one/remind:")))
        return found.message_id if found else None

    await post(store, "one")
    for number in (1, 2):
        await post(store, f"one/update:{number}", parent="one")
    await post(store, "two/update:3", parent="one")
    assert await unheard() is None  # nobody has asked Slack yet
    letter = (await waiting(store))[0]
    await store.write(lambda r: r.outbox.sending(letter.id, now_ms=3))
    assert await unheard() == "one/update:2"
    await store.write(lambda r: r.outbox.sent(letter, ts="1.1", now_ms=4))
    assert await unheard() is None
