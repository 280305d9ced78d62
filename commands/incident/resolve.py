"""`/incident resolve`: it is over.

A person says what it was; Pong fills in the rest and writes the report.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from bot import timers
from bot.alerts.pagerduty import PAGERDUTY
from bot.approvals.reviews import open_reviews
from bot.clock import length
from bot.diagnostics.triage import Diagnosis, diagnosis_to_json
from bot.diagnostics.units import count
from bot.elsewhere import silences, write_back
from bot.errors import BadInput, IllegalMove
from bot.incident import AlertState, Incident
from bot.people import Role
from bot.pong import Pong
from bot.promises.made import unasked
from bot.promises.updates import settle
from bot.public.known import public_of
from bot.public.telling import ask_end, closing, quiet_of
from bot.remediations.plan import Tier
from bot.report.report import filename, report
from bot.request import Request, Verb, Work
from bot.runbooks.runbook import LooksAt, Runbook
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.slack.render.alerts import Since
from bot.slack.render.blocks import Message, section
from bot.slack.render.glass import review_line
from bot.slack.render.incident import impact, resolved
from bot.slack.render.protection import on_now, ways_back
from bot.slack.render.updates import End
from bot.slack.render.verification import verification_message
from bot.slack.render.write_back import What
from bot.standing import fallback
from bot.standing.protection import stands
from bot.store.records import Records
from bot.text import outside, plain
from bot.thread import keep, parent_id, runbook_of, say, thread_of
from bot.verification.verify import Verification
from bot.watching.examine import thing_of, verified
from bot.where import the_incident
from commands.approval.taking_back import take_back_all

FIELD_MOST = 600
FALLBACK_ON = "⚠️ Fallback mode is still on: switch it off first, or say in the fix who will."
FALLBACK_STAYS = "*Still on:* fallback mode. Next: /redis fallback off."
STILL_FIRES = "⚠️ Its alert has not ended: until it has, its repeats open no incident."
PROTECTED = "⚠️ Still on at Cloudflare, by Pong. Take it back first, or say in the fix who will:"


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    incident, done = await pong.store.read(lambda records: _state(records, request))
    fallback_on = await pong.store.read(lambda records: fallback.is_on(records, incident))
    reviews = await pong.store.read(lambda records: open_reviews(records, incident.id))
    protected = await pong.store.read(lambda records: stands(records, incident.target))
    lines = [
        f"Duration so far: {length(incident.lasted_ms(pong.clock.now_ms()))}",
        f"Impact: {impact(incident, runbook_of(pong, incident))}",
        f"Done: {outside(', '.join(done) or 'no action by Pong')}",
        *([FALLBACK_ON] if fallback_on else []),
        *(review_line(review) for review in reviews),
        *([PROTECTED, *ways_back(protected, incident.target or "")] if protected else []),
        *([STILL_FIRES] if incident.alert is AlertState.FIRING and not incident.is_drill else []),
        "Pong verifies it when you press Resolve.",
    ]
    ref = opened_at(request, str(incident.id))
    return modals.resolve(incident, ref, facts="\n".join(lines), suggested_fix="; ".join(done) or None)


def faults(values: dict[str, str]) -> dict[str, str]:
    return {name: "Say it in a sentence." for name in ("root_cause", "fix") if len(values.get(name, "")) < 3}


async def run(request: Request, pong: Pong) -> Work:
    await pong.store.read(lambda records: _state(records, request))
    if not request.values:
        raise BadInput(
            "Resolving asks for the root cause and the fix in a window: press Resolve… in its thread."
        )
    incident = await pong.store.read(lambda records: the_incident(records, request))
    verification, diagnosis = await _measured(pong, incident)

    async def answer(records: Records) -> None:
        now, _ = await _state(records, request)
        changed = now.resolved(
            by=request.user,
            at_ms=pong.clock.now_ms(),
            root_cause=plain(request.values["root_cause"], FIELD_MOST),
            fix=plain(request.values["fix"], FIELD_MOST),
        )
        if diagnosis:
            facts, at_ms = diagnosis_to_json(diagnosis), diagnosis.measured_at_ms
            await records.incidents.keep_finding(changed.id, "triage", facts, at_ms=at_ms)
        await _close(records, pong, changed, verification)

    return answer


async def _close(records: Records, pong: Pong, incident: Incident, verification: Verification | None) -> None:
    by = incident.resolved_by or ""
    await take_back_all(records, pong, incident, by=by)
    await silences.end(records, pong, incident, why=silences.RESOLVED)
    await write_back.write(records, pong, incident, What.RESOLVE, by=by)
    for due in await records.timers.waiting(incident.id):
        if due.kind not in timers.OUTLIVES_ITS_INCIDENT:
            await records.timers.cancel(incident.id, due.kind)
    incident = await settle(records, pong, incident, End.RESOLVED)
    incident = await unasked(records, pong, incident, Since.RESOLVED)
    incident = replace(
        incident,
        verdict=verification.verdict if verification else None,
        alert=AlertState.FIRING if await _still_fires(records, pong, incident) else AlertState.RESOLVED,
    )
    if verification:
        await records.incidents.keep_finding(
            incident.id, "verify", verification.facts(), at_ms=verification.measured_at_ms
        )
    changed = await keep(
        records,
        pong,
        incident,
        "incident.resolved",
        actor=by,
        root_cause=incident.root_cause,
        fix=incident.fix,
        external=None if await public_of(records, incident.id) else quiet_of(pong, incident),
    )
    place, runbook = thread_of(changed), runbook_of(pong, changed)
    head = await records.timeline.head(changed.id)
    if verification:
        await say(records, pong, place, f"verified:{changed.version}", verification_message(verification))
    measured = await _facts(records, changed, runbook, verification)
    facts = [*measured, await closing(records, pong, changed)]
    message = resolved(changed, runbook, facts=facts, head=head)
    await say(records, pong, place, f"resolved:{changed.version}", message, broadcast=True)
    await ask_end(records, pong, changed)
    await _post_report(records, pong, changed)


async def _still_fires(records: Records, pong: Pong, incident: Incident) -> bool:
    """Whether an alert of it has not ended; PagerDuty's are ended from here where Pong writes there."""
    firing = await records.inbox.alerts_firing(incident.id)
    if write_back.writes(pong):
        theirs = await records.inbox.alerts_of(incident.id, PAGERDUTY.name)
        firing -= sum(kept.status == AlertState.FIRING for kept in theirs)
    return firing > 0


async def _post_report(records: Records, pong: Pong, incident: Incident) -> None:
    text = await report(records, incident, runbook_of(pong, incident))
    name = filename(incident)
    payload = Message(f"📄 The report: {name}", (section("📄 The report: {file}"),)).payload()
    await records.outbox.post(
        f"{parent_id(incident.id)}/report:{incident.version}",
        payload | {"file": {"filename": name, "content": text, "title": f"Incident {incident.id}"}},
        lane=incident.channel,
        parent_id=parent_id(incident.id),
        at_ms=pong.clock.now_ms(),
    )


async def _measured(pong: Pong, incident: Incident) -> tuple[Verification | None, Diagnosis | None]:
    """Is it whole, and which figures does the report compare with the first ones? About 8 s at most."""
    thing = thing_of(pong, incident)
    return await verified(pong, thing) if thing else (None, None)


async def _facts(
    records: Records, incident: Incident, runbook: Runbook, verification: Verification | None
) -> list[str]:
    """The lines of the runbook's resolution post that are claims: measured, or marked as not."""
    if runbook.looks_at is not LooksAt.REDIS:
        impact_was = f"{runbook.says(incident.alert_name).impact} (expected, not measured)"
        return [f"*Impact:* {impact_was}; data loss not checked", f"*Verified:* {_verdict(verification)}"]
    lost = await _done(records, incident, tier=Tier.DATA_LOSING)
    protection = on_now(await stands(records, incident.target))
    deleted = f"deleted on purpose by “{', '.join(lost)}”; other data loss" if lost else "data loss"
    slower = "temporary performance degradation (expected, not measured)"
    return [
        f"*Impact:* {slower}; {outside(deleted)} not checked",
        f"*Verified:* {_verdict(verification)}",
        f"*Rate limiting:* {_expected(verification)}",
        f"*Cache:* {_cache(verification)}",
        *([f"*Still on at Cloudflare:* {protection}"] if protection else []),
        *([FALLBACK_STAYS] if await fallback.is_on(records, incident) else []),
    ]


def _verdict(verification: Verification | None) -> str:
    if verification is None:
        return "not checked (no target)"
    parts = [f"{check.name}: {check.state}" for check in verification.checks]
    return f"{verification.verdict} ({', '.join(parts)})"


def _expected(verification: Verification | None) -> str:
    is_back = verification is not None and verification.checks[0].state == "ok"
    return "expected to be restored, since Redis answers; not checked" if is_back else "not checked"


def _cache(verification: Verification | None) -> str:
    if verification is None or verification.hit_rate is None:
        return "rebuilding (expected, not measured)"
    return f"hit rate {verification.hit_rate:.0%} now; rebuilding takes about 2 hours (expected)"


async def _state(records: Records, request: Request) -> tuple[Incident, list[str]]:
    incident = await the_incident(records, request)
    incident.resolved(by=request.user, at_ms=0, root_cause="", fix="")  # raises IllegalMove when it is closed
    if await records.approvals.has_begun(incident.id):
        raise IllegalMove("A plan runs right now: wait until it has ended, or press Stop, then resolve.")
    return incident, await _done(records, incident)


async def _done(records: Records, incident: Incident, *, tier: Tier | None = None) -> list[str]:
    """What Pong changed in this bout, each kind once, with how often; what broke off half-way counts too.
    With `tier` only plans of that one, and those of earlier bouts."""
    all_events = await records.timeline.of(incident.id)
    events = [
        event
        for event in all_events
        if (event.data.get("tier") == tier if tier else event.at_ms >= incident.open_since_ms)
    ]
    whole = [str(event.data["title"]) for event in events if event.kind == "execution.succeeded"]
    times = [f"{title} ({count}×)" if count > 1 else title for title, count in Counter(whole).items()]
    return times + [
        f"{event.data.get('title')} (broken off, at least {count(event.data['deleted'], 'key', 'keys')})"
        for event in events
        if event.kind in ("execution.failed", "execution.unknown") and event.data.get("deleted")
    ]


VERB = Verb(
    name="resolve",
    role=Role.RESPONDER,
    run=run,
    view=view,
    faults=faults,
    command="/incident",
    usage="/incident resolve [number]",
    example="/incident resolve 4",
    explains="say what it was, and close it",
)
