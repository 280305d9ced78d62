"""`/incident publish`: tell the public, on the status page.

A responder's own confirm is enough: nothing is lost by it, a further text corrects it, and at night the one
who may say it should not wait for another. The confirm is the window, which shows the whole text, whether
subscribers are written to, and that everybody can read it.
"""

from dataclasses import replace
from typing import Any

from bot.errors import BadInput, IllegalMove
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.providers.statuspage import statuspage
from bot.public.drafts import BODY_MOST, NAME_MOST, STATUSES, Draft
from bot.public.known import Public, public_of
from bot.public.telling import NOT_CONNECTED, intend, the_draft
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render.public import window
from bot.store.records import Records
from bot.text import Redactor, clean, redact
from bot.where import the_incident

IN_A_WINDOW = (
    "Publishing asks for the text in a window: press Publish… or Post to status page… in its thread."
)
MEANWHILE = (
    "Somebody else published meanwhile: read that first, then press Post to status page… to add to it."
)
TAKE_IT_OUT = "A secret, a key's name or an e-mail address seems to be in it: take it out."
NOT_KEPT = "One of Pong's own secrets is in that text, so it was neither kept nor published: take it out."


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    incident, public = await pong.store.read(lambda records: _ready(records, pong, request))
    seen = len(public.publications) if public else 0
    return window(
        the_draft(pong, incident, public),
        opened_at(request, f"{incident.id}:{seen}"),
        notifies=pong.settings.statuspage.deliver_notifications,
        is_first=not (public and public.stands),
        is_open=incident.is_open,
    )


def faults(values: dict[str, str]) -> dict[str, str]:
    wanted = {name: values.get(name, "") for name in ("name", "body")}
    found = {name: "Say it in a few words." for name, text in wanted.items() if len(text.strip()) < 3}
    return found | {name: TAKE_IT_OUT for name, text in wanted.items() if redact(text) != text}


async def run(request: Request, pong: Pong) -> Work:
    await pong.store.read(lambda records: _ready(records, pong, request))
    if not request.values:
        raise BadInput(IN_A_WINDOW)
    told = _draft_of(request.values)
    if (
        Redactor(pong.settings.secret_values()).known(f"{told.name}\n{told.body}")
        != f"{told.name}\n{told.body}"
    ):
        raise BadInput(NOT_KEPT)
    seen = request.ref.partition(":")[2]

    async def answer(records: Records) -> None:
        incident, public = await _ready(records, pong, request)
        if seen != str(len(public.publications) if public else 0):
            raise IllegalMove(MEANWHILE)
        await intend(records, pong, incident, told, by=request.user)

    return answer


async def _ready(records: Records, pong: Pong, request: Request) -> tuple[Incident, Public | None]:
    """Raises BadInput or IllegalMove when nothing can be published now."""
    incident = await the_incident(records, replace(request, ref=request.ref.partition(":")[0]))
    public = await public_of(records, incident.id)
    if incident.is_drill:
        raise IllegalMove("This is a drill: the public is told nothing.")
    if statuspage(pong.settings) is None:
        raise BadInput(NOT_CONNECTED)
    if public and public.is_pending:
        raise IllegalMove("The last text is still on its way: wait until it stands there.")
    may_be_told = public and (public.stands or public.root_of_next() <= len(public.publications))
    if not incident.is_open and not may_be_told:
        raise IllegalMove(
            f"Incident #{incident.id} is resolved and nothing of it stands on the page: nothing to add."
        )
    return incident, public


def _draft_of(values: dict[str, str]) -> Draft:
    status = values.get("status", "")
    if status not in STATUSES:
        raise BadInput(f"The status is one of: {', '.join(STATUSES)}.")
    lines = [clean(line) for line in values.get("body", "").splitlines()]
    body = "\n".join(lines).strip()[:BODY_MOST]
    return Draft(status=status, name=clean(values.get("name", ""))[:NAME_MOST], body=body)


VERB = Verb(
    name="publish",
    role=Role.RESPONDER,
    run=run,
    view=view,
    faults=faults,
    command="/incident",
    usage="/incident publish [number]",
    example="/incident publish 4",
    explains="tell the public, on the status page",
)
