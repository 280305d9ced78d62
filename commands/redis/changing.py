"""How does somebody ask for a change? The plan with its figures goes to the incident's thread, and waits."""

from dataclasses import dataclass, replace

from bot.approvals.breaker import check_breaker
from bot.approvals.card import Phase, redraw_card, view_of
from bot.approvals.offer import ask, drafted, open_offers, unknown_offers
from bot.approvals.prepare import prepare, remediation_of
from bot.approvals.why import Why
from bot.errors import BadInput
from bot.found import found_so_far
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.remediations.plan import Plan
from bot.remediations.remediation import Prepared, Remediation, Words
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import Button, Message, section
from bot.slack.render.plan import dry_run_message
from bot.store.outbox import Class
from bot.store.records import Records
from bot.targets.target import Target
from bot.text import outside, plain
from bot.thread import say, thread_of
from bot.where import place_of
from commands.answering import no_more_words, the_target

DRY_RUN, WHY = "--dry-run", "--why"
REASON_MOST = 200
# Slack's editors make one long dash of two short ones.
DASHES = ("—", "–")


def verb_of(remediation: Remediation, *, explains: str, example: str, pressed: Words = ()) -> Verb:
    """`/redis NAME … [target]`, by its usage; a button carries words and the target, or means `pressed`."""
    usage = usage_of(remediation)

    async def run(request: Request, pong: Pong) -> Work:
        asked = _read(request, remediation, usage, pressed)
        target = await the_target(request, pong, *asked.named)
        if remediation.wants_redis(target):
            remediation_of(target)
        incident = await pong.store.read(lambda records: records.incidents.open_on(target.name))
        if incident is None:
            return _without_incident(request, pong, target)
        prepared = await prepare(pong, incident, remediation.name, asked.words)
        return (_dry if asked.is_dry else _asking)(request, pong, incident, prepared, asked)

    return Verb(
        name=remediation.name,
        role=Role.RESPONDER,
        run=run,
        command="/redis",
        usage=usage,
        example=example,
        explains=explains,
    )


def usage_of(remediation: Remediation) -> str:
    flags = [f"[{flag}]" for flag in (*sorted(remediation.flags), DRY_RUN, f"{WHY} REASON")]
    takes = [remediation.takes] if remediation.takes else []
    return " ".join(["/redis", remediation.name, *takes, "[target]", *flags])


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was typed or pressed: the words for the remediation with its flags, the target's name if any, and
    the reason."""

    words: Words
    named: Words
    why: str
    is_dry: bool


def _read(request: Request, remediation: Remediation, usage: str, pressed: Words) -> Asked:
    """Raises BadInput, with how it is written, for anything else."""
    own = sorted(remediation.flags)
    before, why = _reason(request.words, (DRY_RUN, *own))
    typed = tuple(_plain(word) for word in before)
    words = _without_flags(typed, (DRY_RUN, *own, WHY))
    if request.via == "button":
        words = tuple(request.ref.split()) if " " in request.ref else pressed
    elif len(words) < remediation.words_least:
        raise BadInput(f"{remediation.name.capitalize()} what? Write {usage}")
    no_more_words(replace(request, words=words), (most := remediation.takes_of(words)) + 1, usage)
    chosen, named = tuple(_known(word) for word in words[:most]), words[most:]
    asked = (*chosen, *(flag for flag in own if flag in typed))
    if set(asked) & remediation.typed and not named:
        raise BadInput(f"Type the target's name too: {usage}")
    return Asked(words=asked, named=named, why=why, is_dry=DRY_RUN in typed)


def _reason(words: Words, flags: Words) -> tuple[Words, str]:
    """What stands before --why, and the reason after it. Raises BadInput for none, for one that is too long
    and for a flag in it: that would be read as prose, and a dry run would be none."""
    plain_words = [_plain(word) for word in words]
    if WHY not in plain_words:
        return words, ""
    at = plain_words.index(WHY)
    reason = " ".join(words[at + 1 :]).strip('"“” ')
    if late := next((word for word in plain_words[at + 1 :] if word in (*flags, WHY)), None):
        raise BadInput(f"Write {late} before {WHY}: all that follows {WHY} is the reason.")
    if not reason:
        raise BadInput(f"Why? Write the reason after {WHY}.")
    if len(reason) > REASON_MOST:
        raise BadInput(f"That reason has {len(reason)} characters: say it in {REASON_MOST} at most.")
    return words[:at], plain(reason, REASON_MOST)


def _plain(word: str) -> str:
    """A flag with two short dashes, in small letters; any other word as it is."""
    for dash in DASHES:
        if word.startswith(dash):
            word = f"--{word[1:]}"
    return word.lower() if word.startswith("--") else word


def _known(word: str) -> str:
    """A word that we gave, in small letters; what follows a colon is somebody else's name."""
    return word if ":" in word else word.lower()


def _without_flags(words: Words, known: Words | None = None) -> Words:
    """Raises BadInput for a flag that is not in `known`."""
    flags = [word for word in words if word.startswith("--")]
    if strange := next((flag for flag in flags if known is not None and flag not in known), None):
        raise BadInput(f"There is no {plain(strange, 40)} here: there is {' and '.join(known or ())}.")
    return tuple(word for word in words if word not in flags)


def _asking(request: Request, pong: Pong, incident: Incident, prepared: Prepared, asked: Asked) -> Work:
    plan, words = prepared[0], asked.words

    async def answer(records: Records) -> None:
        now = await records.incidents.get(incident.id)
        if now is None or not now.is_open:
            raise BadInput(f"Incident #{incident.id} is resolved: nothing runs for it any more.")
        passes = await check_breaker(records, pong, plan)
        await _check_not_asked(records, now, plan, words)
        why = Why(said=asked.why, found=await found_so_far(records, now))
        whole = _saying(prepared, passes)
        offer = await ask(records, pong, now, whole, by=request.user, words=words, why=why)
        await records.timeline.note(
            now.id,
            "approval.asked",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            approval=offer.id,
            title=offer.plan.title,
            digest=offer.approval.digest,
            why=asked.why,
        )
        await redraw_card(records, pong, offer)

    return answer


async def _check_not_asked(records: Records, incident: Incident, plan: Plan, words: Words) -> None:
    """Raises BadInput while the same waits for people, or may have run already."""
    same = (plan.remediation, _without_flags(words))
    for waiting in await open_offers(records, incident):
        if (waiting.plan.remediation, _without_flags(waiting.words)) == same:
            raise BadInput(f"{plan.title} on {plan.target} is asked for already: see this thread.")
    for unknown in await unknown_offers(records, incident):
        if (unknown.remediation, _without_flags(unknown.words)) == same:
            raise BadInput(
                f"Whether {unknown.title} on {plan.target} ran is not known yet, and twice may be once "
                "too often: look, press It ran or It did not run under its plan in this thread, ask again."
            )


def _saying(prepared: Prepared, line: str) -> Prepared:
    """With a further line on the card, where there is one."""
    plan, preview = prepared
    return plan, replace(preview, says=(*preview.says, line)) if line else preview


def _dry(request: Request, pong: Pong, incident: Incident, prepared: Prepared, asked: Asked) -> Work:
    """Show the plan in the incident's thread, and ask nobody."""

    async def answer(records: Records) -> None:
        why = Why(said=asked.why, found=await found_so_far(records, incident))
        offer = drafted(pong, incident, prepared, by=request.user, words=asked.words, why=why)
        message = dry_run_message(view_of(offer, Phase.DECIDING, {}))
        await say(records, pong, thread_of(incident), f"dry-run:{request.id}", message, klass=Class.ANSWER)
        await records.timeline.note(
            incident.id,
            "plan.dry_run",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            title=offer.plan.title,
        )

    return answer


def _without_incident(request: Request, pong: Pong, target: Target) -> Work:
    """A change belongs to an incident: offer to open one."""
    line = (
        f"No incident is open on {outside(target.name)}, and a change belongs to one: "
        f"/incident open {outside(target.name)} first, then ask again."
    )
    message = Message(line, (section(line, Button("open", target.name, "Open an incident")),))

    async def answer(records: Records) -> None:
        place, _ = await place_of(records, pong, request)
        await say(records, pong, place, f"no-incident:{request.id}", message, klass=Class.ANSWER)
        await records.timeline.note(
            0,
            "plan.no_incident",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            verb=request.verb,
            target=target.name,
        )

    return answer
