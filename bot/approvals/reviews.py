"""What did somebody do alone that nobody else has looked at yet? The timeline knows."""

from bot import timers
from bot.slack.render.glass import Review
from bot.store.records import Records
from bot.timeline import Event

COUNTED, SIGNED_OFF, STARTED = "glass.counted", "glass.signed_off", "execution.started"


async def open_reviews(records: Records, incident_id: int) -> list[Review]:
    """The oldest first."""
    if not any(due.kind == timers.REVIEW for due in await records.timers.waiting(incident_id)):
        return []
    return still_open(await records.timeline.of(incident_id))


def still_open(events: list[Event]) -> list[Review]:
    """What never started needs no look."""
    done = {event.data.get("approval") for event in events if event.kind == SIGNED_OFF}
    return [one for id, one in done_alone(events).items() if id not in done]


def done_alone(events: list[Event]) -> dict[int, Review]:
    """By the approval's id: what was let run by broken glass alone, and was begun."""
    begun = {event.data.get("approval") for event in events if event.kind == STARTED}
    counted = [event for event in events if event.kind == COUNTED]
    return {event.data["approval"]: review(event) for event in counted if event.data["approval"] in begun}


def review(event: Event) -> Review:
    facts = event.data
    return Review(
        ref=str(facts["ref"]),
        title=str(facts["title"]),
        by=str(facts["by"]),
        reason=str(facts["why"]),
        at_ms=event.at_ms,
    )
