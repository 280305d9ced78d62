"""How is one more person asked through PagerDuty to help, and where is that offered?

It is written there as everything that people do here; who was asked answers there, and that comes back here.
"""

from bot.alerts.pagerduty import PAGERDUTY
from bot.elsewhere.write_back import page_in, writes
from bot.errors import BadInput, IllegalMove
from bot.incident import AlertState, Incident
from bot.pong import Pong
from bot.slack.render.blocks import Message, with_buttons
from bot.slack.render.write_back import page_button
from bot.store.inbox import Kept
from bot.store.records import Records

INSTEAD = "Next: call them yourself."


async def offered(records: Records, pong: Pong, incident: Incident, message: Message) -> Message:
    """`message` with the button, where PagerDuty can be written to and has an incident of this."""
    can = writes(pong) and not incident.is_drill and await _page_there(records, incident)
    return with_buttons(message, [page_button(incident)]) if can else message


async def begin(records: Records, pong: Pong, incident: Incident, *, by: str, to: str, message: str) -> None:
    """Have `to` asked there, as soon as that can be. Raises BadInput or IllegalMove saying why not."""
    if incident.is_drill:
        raise IllegalMove("This is a drill, which pages nobody: ask them in the thread.")
    if not incident.is_open:
        raise IllegalMove(f"Incident #{incident.id} is resolved: nobody is paged.")
    if not writes(pong):
        raise BadInput(
            f"Pong may not page anybody: set PAGERDUTY_API_TOKEN, with write_back = true. {INSTEAD}"
        )
    there = await _page_there(records, incident)
    if there is None:
        raise IllegalMove(
            f"PagerDuty has no open incident of #{incident.id}, so it can ask nobody. {INSTEAD}"
        )
    await page_in(records, pong, incident, there, by=by, to=to, message=message)


async def _page_there(records: Records, incident: Incident) -> Kept | None:
    """PagerDuty's oldest that is open: asked in each, the same person would be called several times."""
    kept = await records.inbox.alerts_of(incident.id, PAGERDUTY.name)
    return next((one for one in kept if one.status == AlertState.FIRING), None)
