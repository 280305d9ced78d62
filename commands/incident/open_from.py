"""The message shortcut "Open incident from this message": somebody wrote it before any alert came.

https://docs.slack.dev/interactivity/implementing-shortcuts#messages
"""

from dataclasses import replace
from typing import Any

from bot.errors import BadInput, ServiceUnavailable
from bot.incident import BY_HAND, Incident
from bot.people import Role
from bot.pong import Pong, Said
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.store.records import Records
from bot.text import plain
from commands.incident.open import opening
from commands.incident.pin import KEPT_MOST, KIND

USAGE = "the message's menu, Open incident from this message"


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    names = pong.targets.all_names
    if not names:
        raise BadInput("There is no target in pong.toml, so no incident can be opened on one.")
    return modals.open_from(names, opened_at(request, request.ref))


def faults(values: dict[str, str]) -> dict[str, str]:
    return {} if values.get("target") else {"target": "Choose what it is about."}


async def run(request: Request, pong: Pong) -> Work:
    target = request.values.get("target")
    if not target:
        raise BadInput("The window did not open: write /incident open and the target's name.")
    told = await _told(request, pong)
    by_name = replace(request, words=(target,), thread_ts=None, ref="")

    async def keeps(records: Records, incident: Incident) -> None:
        if told:
            facts = {"ts": told.ts, "said_at_ms": told.at_ms, "said_by": told.user}
            text, now_ms = plain(told.text, KEPT_MOST), pong.clock.now_ms()
            await records.timeline.note(
                incident.id, KIND, actor=request.user, at_ms=now_ms, text=text, **facts
            )

    return await opening(by_name, pong, source=BY_HAND, usage=USAGE, also=keeps)


async def _told(request: Request, pong: Pong) -> Said | None:
    """The message itself; the incident is opened without it where Slack does not tell it."""
    try:
        return await pong.slack.message(request.channel, request.ref)
    except ServiceUnavailable:
        return None


VERB = Verb(name="open_from", role=Role.RESPONDER, run=run, view=view, faults=faults)
