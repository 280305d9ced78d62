"""How does what people do here reach PagerDuty, where the incident came from too?

In their own name, after the transaction that does it here, and without coming back as news.
https://developer.pagerduty.com/api-reference/
"""

from collections.abc import Mapping
from dataclasses import replace

import httpx

from bot.alerts.alert import Change
from bot.alerts.pagerduty import PAGERDUTY
from bot.elsewhere import errands
from bot.elsewhere.errands import Came, Kind
from bot.errors import PongError, ServiceRefused, ServiceUnavailable
from bot.incident import AlertState, Incident
from bot.people import Identity
from bot.pong import Pong
from bot.providers.pagerduty import UNKNOWN_SENDER, PagerDuty, pagerduty
from bot.providers.pagerduty_responders import Wish, ask_for_help
from bot.slack.render.write_back import What, not_written, paged
from bot.store.errands import Errand, State
from bot.store.inbox import Kept
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import allowed_link
from bot.thread import say, thread_of

WRITE = "pagerduty"
COMES_BACK_WITHIN_MS = 10 * 60_000
CLOCKS_DISAGREE_MS = 60_000
ACKNOWLEDGED = "incident.acknowledged"
STATUS = {What.ACKNOWLEDGE: "acknowledged", What.RESOLVE: "resolved"}
COMES_BACK_AS = {
    ACKNOWLEDGED: What.ACKNOWLEDGE,
    "incident.escalated": What.ESCALATE,
    "incident.annotated": What.NOTE,
    "incident.responder.added": What.PAGE,
}
SAYS_THE_SAME = (What.NOTE, What.PAGE)  # what comes back holds the words that were written
NO_EMAIL = "Slack does not tell that person's e-mail"
NO_SENDER = "Slack does not tell your e-mail, and PAGERDUTY_FROM is not set"


async def write(
    records: Records, pong: Pong, incident: Incident, what: What, *, by: str, content: str = ""
) -> None:
    """Have it done there too, for each of PagerDuty's incidents that is not over."""
    if not writes(pong):
        return
    if what is What.ESCALATE and incident.is_drill:
        return  # it pages nobody
    for kept in await records.inbox.alerts_of(incident.id, PAGERDUTY.name):
        if kept.status == AlertState.FIRING:
            facts = {"what": what, "key": kept.key, "link": kept.link, "by": by, "content": content}
            await errands.send(records, pong, incident.id, WRITE, facts)


def writes(pong: Pong) -> bool:
    return pong.settings.pagerduty.write_back and pagerduty(pong.settings) is not None


async def page_in(
    records: Records, pong: Pong, incident: Incident, there: Kept, *, by: str, to: str, message: str
) -> None:
    """Have one more person asked to help, in this one of PagerDuty's incidents."""
    facts = {"what": What.PAGE, "key": there.key, "link": there.link, "by": by, "to": to, "content": message}
    await errands.send(records, pong, incident.id, WRITE, facts)


async def note(records: Records, pong: Pong, incident: Incident, *, by: str) -> None:
    """Have the update that was given here stand there as a note."""
    who = (await records.names.all()).get(by) or by
    parts = {"Status": incident.status_said, "Action": incident.action, "ETA": incident.eta}
    lines = [f"{name}: {said}" for name, said in parts.items() if said]
    content = "\n".join([*lines, f"({who} in Slack, Pong incident #{incident.id})"])
    await write(records, pong, incident, What.NOTE, by=by, content=content)


async def came_back(
    records: Records, pong: Pong, incident: Incident, change: Change, person: Identity | None
) -> bool:
    """Whether `change` is what was written there from here, or says what is known; each comes back once."""
    now_ms, has_it = pong.clock.now_ms(), (incident.acknowledged_by, incident.owner)
    for errand in await records.errands.of(incident.id):
        if now_ms - errand.at_ms <= COMES_BACK_WITHIN_MS and _is_of(errand, change, person):
            await records.errands.save(replace(errand, facts={**errand.facts, "came_back": True}))
            return True
    return person is not None and person.user_id in has_it and change.kind == ACKNOWLEDGED


def _is_of(errand: Errand, change: Change, person: Identity | None) -> bool:
    facts, what = errand.facts, COMES_BACK_AS.get(change.kind)
    if errand.kind != WRITE or errand.state not in (State.WAITING, State.DONE):
        return False
    if (facts["what"], facts["key"]) != (what, change.key) or facts.get("came_back") or facts.get("needless"):
        return False
    if facts["content"].split() != (change.said.split() if what in SAYS_THE_SAME else []):
        return False
    is_theirs = person is not None and person.user_id != facts["by"] and not facts.get("is_by_setting")
    return not is_theirs


# -- at PagerDuty -------------------------------------------------------------------------------------------


async def _write(pong: Pong, incident: Incident, errand: Errand) -> Came:
    service = pagerduty(pong.settings)
    if service is None:
        raise ServiceRefused("PAGERDUTY_API_TOKEN is not set any more")
    own = await _email(pong, str(errand.facts["by"]), instead=service.sender)
    senders = [sender for sender in (own, service.sender) if sender]
    if not senders:
        raise ServiceRefused(NO_SENDER)
    try:
        return await _as(pong, service, errand, senders[0])
    except ServiceRefused as error:
        if error.code != UNKNOWN_SENDER or senders[-1] == senders[0]:
            raise
    came = await _as(pong, service, errand, senders[-1])
    return replace(came, facts={**came.facts, "is_by_setting": True})


async def _email(pong: Pong, user: str, *, instead: str) -> str:
    try:
        return (await pong.directory.identity(user)).email
    except ServiceUnavailable:
        if not instead:
            raise
        return ""


async def _as(pong: Pong, service: PagerDuty, errand: Errand, sender: str) -> Came:
    what, key, http = What(errand.facts["what"]), str(errand.facts["key"]), pong.http
    if what is What.PAGE:
        return await _page(pong, service, errand, sender)
    if what is What.NOTE:
        return await _note(http, service, errand, sender)
    there = await service.incident(http, key)
    if there.get("status") == "resolved":
        return Came(facts={"needless": True})
    if what is What.ESCALATE:
        return await _escalate(http, service, errand, there, sender)
    await service.change(http, key, {"status": STATUS[what]}, sender=sender)
    return Came()


async def _note(http: httpx.AsyncClient, service: PagerDuty, errand: Errand, sender: str) -> Came:
    key, content = str(errand.facts["key"]), str(errand.facts["content"])
    if content not in await service.notes(http, key, since_ms=errand.at_ms - CLOCKS_DISAGREE_MS):
        await service.note(http, key, content, sender=sender)
    return Came()


async def _page(pong: Pong, service: PagerDuty, errand: Errand, sender: str) -> Came:
    email = await _email(pong, str(errand.facts["to"]), instead="")
    if not email:
        raise ServiceRefused(NO_EMAIL)
    since_ms, content = errand.at_ms - CLOCKS_DISAGREE_MS, str(errand.facts["content"])
    wish = Wish(email=email, message=content, since_ms=since_ms)
    await ask_for_help(service, pong.http, str(errand.facts["key"]), wish, sender=sender)
    return Came()


async def _escalate(
    http: httpx.AsyncClient, service: PagerDuty, errand: Errand, there: Mapping[str, object], sender: str
) -> Came:
    """Which level that is, is kept first: done twice it would call those after them."""
    level, last = await service.levels(http, there)
    wanted = errand.facts.get("level")
    if wanted is None:
        if level >= last:
            raise ServiceRefused("PagerDuty's escalation policy has no further level")
        return Came(facts={"level": level + 1}, is_done=False)
    if level < wanted:
        await service.change(http, str(errand.facts["key"]), {"escalation_level": wanted}, sender=sender)
    return Came()


# -- and here -----------------------------------------------------------------------------------------------


async def _written(records: Records, pong: Pong, incident: Incident, errand: Errand) -> None:
    facts, now_ms = errand.facts, pong.clock.now_ms()
    kind = "pagerduty.needless" if facts.get("needless") else "pagerduty.written"
    told = {name: facts[name] for name in ("what", "key", "to") if name in facts}
    await records.timeline.note(incident.id, kind, actor=str(facts["by"]), at_ms=now_ms, **told)
    if facts["what"] == What.PAGE:
        message = paged(by=str(facts["by"]), to=str(facts["to"]), said=str(facts["content"]))
        await say(records, pong, thread_of(incident), f"paged:{errand.id}", message, klass=Class.URGENT)


async def _not_written(
    records: Records, pong: Pong, incident: Incident, errand: Errand, error: PongError
) -> None:
    facts, why = errand.facts, str(error)
    await records.timeline.note(
        incident.id,
        "pagerduty.not_written",
        actor=str(facts["by"]),
        at_ms=pong.clock.now_ms(),
        what=facts["what"],
        key=facts["key"],
        why=why,
    )
    link = allowed_link(facts["link"], pong.settings.links)
    message = not_written(What(facts["what"]), why, alert_link=link)
    await say(records, pong, thread_of(incident), f"pagerduty:{errand.id}", message, klass=Class.URGENT)


KINDS = {WRITE: Kind(effect=_write, done=_written, failed=_not_written)}
