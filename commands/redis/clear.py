"""`/redis clear CLASS [target]`: offer to delete a class of keys; other people decide."""

from bot.card import redraw_card
from bot.errors import BadInput
from bot.incident import Incident
from bot.offer import ask, open_offers, prepare, remediation_of
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.targets.target import Target
from commands.answering import no_more_words, the_target

USAGE = "/redis clear cache | sessions [target]"


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 2, USAGE)
    if request.via != "button" and not request.words:
        raise BadInput(f"Clear what? Write {USAGE}")
    class_name = request.words[0].lower() if request.words else "cache"
    target = await the_target(request, pong, *request.words[1:])
    remediation_of(target)
    incident = await _incident(pong, target)
    prepared = await prepare(pong, incident, class_name)

    async def answer(records: Records) -> None:
        now = await records.incidents.get(incident.id)
        if now is None or not now.is_open:
            raise BadInput(f"Incident #{incident.id} is resolved: nothing runs for it any more.")
        for waiting in await open_offers(records, now):
            if waiting.class_name == class_name:
                raise BadInput(
                    f"Clearing {class_name} on {target.name} waits for approval already: see this thread."
                )
        offer = await ask(records, pong, now, prepared, by=request.user, class_name=class_name)
        await records.timeline.note(
            now.id,
            "approval.asked",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            approval=offer.id,
            title=offer.plan.title,
            digest=offer.approval.digest,
        )
        await redraw_card(records, pong, offer)

    return answer


async def _incident(pong: Pong, target: Target) -> Incident:
    incident = await pong.store.read(lambda records: records.incidents.open_on(target.name))
    if incident is None:
        raise BadInput(
            f"No incident is open on {target.name}, and a change belongs to one: "
            f"/incident open {target.name} first."
        )
    return incident


VERB = Verb(
    name="clear",
    role=Role.RESPONDER,
    run=run,
    command="/redis",
    usage=USAGE,
    example="/redis clear cache redis-prod",
    explains="plan the deletion of a class of keys; other people approve it",
)
