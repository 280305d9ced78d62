"""What did somebody do alone that nobody else has looked at yet? The timeline knows."""

from bot import timers
from bot.slack.render.glass import Review
from bot.store.records import Records
from bot.timeline import Event

COUNTED, SIGNED_OFF = "glass.counted", "glass.signed_off"


async def open_reviews(records: Records, incident_id: int) -> list[Review]:
    """The oldest first."""
    if not any(due.kind == timers.REVIEW for due in await records.timers.waiting(incident_id)):
        return []
    return still_open(await records.timeline.of(incident_id))


def still_open(events: list[Event]) -> list[Review]:
    done = {event.data.get("approval") for event in events if event.kind == SIGNED_OFF}
    return [
        review(event) for event in events if event.kind == COUNTED and event.data.get("approval") not in done
    ]


def review(event: Event) -> Review:
    facts = event.data
    return Review(
        ref=str(facts["ref"]),
        title=str(facts["title"]),
        by=str(facts["by"]),
        reason=str(facts["why"]),
        at_ms=event.at_ms,
    )
