"""Who may use which verb, and what becomes of a request that may not be, cannot be, or fails?"""

import json

import pytest

from bot import flow
from bot.errors import StoreBusy
from bot.flow import PART_MOST
from bot.inbox import LEASE_MS
from bot.people import Identity, Role
from bot.request import Request
from commands import VERBS
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked, begun, rows
from tests.fixtures.small_pong import CHANNEL, ELSE, GUEST, MARIA, TEAM, VERA, SmallPong, asks, small_pong

BOT, GONE, FOREIGN = "U0BOT", "U0GONE", "U0FOREIGN"
STRANGERS = {
    GUEST: "Guests of the workspace cannot use Pong",
    ELSE: "Pong works only for members of its own workspace",
    GONE: "This account is deactivated",
    FOREIGN: "Pong works only for members of its own workspace",
}
IDENTITIES = {
    BOT: Identity(user_id=BOT, team_id=TEAM, is_bot=True),
    GONE: Identity(user_id=GONE, team_id=TEAM, is_deleted=True),
    FOREIGN: Identity(user_id=FOREIGN, team_id="T0OTHER"),
}
every_verb = pytest.mark.parametrize("verb", sorted(VERBS))


@pytest.fixture
async def open_one(small: SmallPong) -> SmallPong:
    """An open incident, and people of every kind."""
    small.directory.identities |= IDENTITIES
    await alert(small, alertmanager())
    return small


def pressed(verb: str, **more) -> Request:
    """The verb's own button in the incident's thread."""
    return asks(verb, via="button", ref=more.pop("ref", "1"), **more)


async def is_refused(small: SmallPong, request: Request, sentence: str) -> None:
    """Said where it was asked, in the timeline, done with, and without any other effect."""
    before = await the_incident(small)
    small.noted.clear()
    answer = await asked(small, request)
    assert sentence in answer
    assert answer.count(f"<@{request.user}>") == (1 if request.user else 0)
    assert [(event.kind, event.actor, event.data["verb"]) for event in small.noted] == [
        ("request.refused", request.user, request.verb)
    ]
    assert await the_incident(small) == before
    assert await small.pong.store.read(lambda records: records.inbox.count("done")) >= 1


# -- I12: every verb names a role ---------------------------------------------------------------------------


@every_verb
def test_every_verb_names_a_role(verb: str):
    assert isinstance(VERBS[verb].role, Role)


@every_verb
@pytest.mark.parametrize("who", sorted(STRANGERS))
async def test_who_is_no_full_member_is_refused_everything(open_one: SmallPong, verb: str, who: str):
    await is_refused(open_one, pressed(verb, by=who), STRANGERS[who])


@every_verb
async def test_an_app_is_refused_everything_and_gets_no_answer(open_one: SmallPong, verb: str):
    before = await the_incident(open_one)
    open_one.noted.clear()
    assert await asked(open_one, pressed(verb, by=BOT)) == ""
    [refusal] = open_one.noted
    assert (refusal.kind, refusal.actor, refusal.data["reason"]) == ("request.refused", BOT, "AppRefused")
    assert await the_incident(open_one) == before


@every_verb
async def test_a_request_from_another_team_is_refused_whoever_it_names(open_one: SmallPong, verb: str):
    await is_refused(open_one, pressed(verb, team="T0OTHER"), "members of its own workspace")


@every_verb
async def test_a_channel_that_is_not_listed_is_refused_and_never_written_to(open_one: SmallPong, verb: str):
    request = pressed(verb, channel="C0GENERAL", ref="")
    await is_refused(open_one, request, "Pong does not work in <#C0GENERAL>: go to <#C0INCIDENTS>")
    lanes = await open_one.pong.store.read(
        lambda records: records.outbox._connection.rows("SELECT DISTINCT lane FROM outbox")
    )
    assert [row["lane"] for row in lanes] == [CHANNEL]


@every_verb
async def test_while_slack_does_not_say_who_it_is_everybody_is_refused(open_one: SmallPong, verb: str):
    open_one.directory.is_away = True
    await is_refused(open_one, pressed(verb), "Slack does not say who you are")


@pytest.mark.parametrize("verb", sorted(name for name, verb in VERBS.items() if verb.role is Role.RESPONDER))
async def test_a_viewer_may_not_do_what_a_responder_does(open_one: SmallPong, verb: str):
    await is_refused(
        open_one, pressed(verb, by=VERA), "You may not do this: ask somebody in people.responders"
    )
    [refusal] = await open_one.posted("You may not do this")
    assert MARIA not in refusal["text"]


async def test_sixty_refusals_do_not_delay_a_page(small: SmallPong):
    for _ in range(60):
        await asked(small, asks("ping", by=GUEST))
    await asked(small, asks("open"))
    letters = await small.pong.store.read(lambda records: records.outbox.waiting(CHANNEL))
    assert [letter.message_id for letter in letters[:2]] == ["incident:1", "incident:1/on-call"]


async def test_a_request_without_a_user_is_refused_without_an_empty_mention(open_one: SmallPong):
    open_one.directory.identities[""] = Identity(user_id="", team_id="", is_deleted=True)
    await is_refused(open_one, asks("ping", by=""), "This account is deactivated")
    assert not await open_one.posted("<@>")


async def test_a_viewer_may_look(open_one: SmallPong):
    assert "#1" in await asked(open_one, asks("status", by=VERA))


# -- a storm in one body ------------------------------------------------------------------------------------


def storm(alerts: int) -> str:
    """One body with so many alerts of one target."""
    body = json.loads(alertmanager())
    [one] = body["alerts"]
    body["alerts"] = [one | {"fingerprint": f"{number:016x}"} for number in range(alerts)]
    return json.dumps(body)


async def test_a_long_body_is_committed_in_parts_so_that_others_are_in_between(small: SmallPong):
    counts, write = [], small.pong.store.write

    async def counted(work):
        result = await write(work)
        if incident := await the_incident(small):
            counts.append(incident.alert_count)
        return result

    small.pong.store.write = counted  # type: ignore[method-assign]
    await alert(small, storm(2 * PART_MOST + 1))
    assert counts == [PART_MOST, 2 * PART_MOST, 2 * PART_MOST + 1]


async def test_a_long_body_that_breaks_off_is_not_done_and_counts_once_when_it_is_worked_again(
    small: SmallPong,
):
    write, failures = small.pong.store.write, [StoreBusy("The disk is full.")]

    async def breaks_off(work):
        if await the_incident(small) and failures:
            raise failures.pop()
        return await write(work)

    small.pong.store.write = breaks_off  # type: ignore[method-assign]
    with pytest.raises(StoreBusy):
        await alert(small, storm(PART_MOST + 1))
    [row] = await rows(small)
    assert (row["state"], (await the_incident(small)).alert_count) == ("working", PART_MOST)
    small.clock.advance(LEASE_MS / 1000)
    await flow.on_accepted(small.pong, await begun(small, row["id"]))
    [row] = await rows(small)
    assert (row["state"], (await the_incident(small)).alert_count) == ("done", PART_MOST + 1)


async def test_a_body_without_any_alert_is_done_too(small: SmallPong):
    await alert(small, json.dumps({"alerts": []}))
    assert [row["state"] for row in await rows(small)] == ["done"]


# -- what cannot be worked ----------------------------------------------------------------------------------


async def test_a_verb_that_nobody_knows_any_more_is_answered(open_one: SmallPong):
    await is_refused(open_one, pressed("juggle"), "use the newest message in the thread")


async def test_a_refusal_shows_what_was_typed_as_text(open_one: SmallPong):
    answer = await asked(open_one, asks("ping", words=("<!channel>*bold*",)))
    assert "<!channel>" not in answer
    assert "*bold*" not in answer
    assert "&lt;!channel&gt;" in answer


async def test_a_server_that_does_not_answer_is_said_and_not_asked_for_ever(small_with_remedy: SmallPong):
    small = small_with_remedy
    await alert(small, alertmanager())
    answer = await asked(small, asks("clear", words=("cache",)))
    assert "Nothing was measured" in answer
    assert [row["state"] for row in await rows(small)] == ["done", "done"]


@pytest.fixture
async def small_with_remedy(tmp_path):
    secrets = {"REDIS_URL": "redis://127.0.0.1:1/0", "REDIS_REMEDIATION_URL": "redis://127.0.0.1:1/0"}
    async with small_pong(tmp_path, tables={"secrets": secrets}) as pong:
        yield pong


async def test_a_target_whose_address_is_not_set_is_said(tmp_path):
    async with small_pong(tmp_path, tables={"secrets": {}}) as small:
        assert "redis-prod has no address: set REDIS" in (await asked(small, asks("ping"))).replace(
            "\u2060", ""
        )
