"""What does an alert bring to its incident: itself, links, a picture, a look at the target?"""

from collections.abc import Mapping
from dataclasses import replace

from bot import timers
from bot.alerts.alert import Alert, titled, told_apart
from bot.incident import BY_HAND, DRILL, Incident
from bot.pong import Pong
from bot.slack.render import alerts
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import allowed_address, allowed_link, plain
from bot.thread import say, thread_of

ABOUT_MOST = 200  # signs of labels on an incident, from which on no more of them are added


async def belongs(records: Records, alert: Alert, incident: Incident) -> None:
    await records.inbox.alert_belongs(
        alert.source, alert.key, incident.id, link=alert.link, labels=alert.labels
    )
    await records.inbox.alert_called(
        alert.source, alert.key, plain(alert.name, 80), starts_ms=alert.starts_ms
    )


def how_many(alert: Alert) -> int:
    """Alerts that an incident has with this one alone: what a person opens stands for none."""
    return 0 if alert.source in (BY_HAND, DRILL) else 1


def links(pong: Pong, alert: Alert) -> dict[str, str]:
    """Where else the alert leads to, as far as Pong may link there."""
    hosts = pong.settings.links
    return {name: link for name, url in alert.links.items() if (link := allowed_link(url, hosts))}


def linked(pong: Pong, incident: Incident, alert: Alert) -> Incident:
    """With the newest links, and one to another source that tells of the same."""
    all_links = dict(incident.alert_links) | links(pong, alert)
    link = allowed_link(alert.link, pong.settings.links)
    if link and alert.source != incident.source:
        all_links[titled(alert.source)] = link
    return about(replace(incident, alert_links=all_links), alert)


def about(incident: Incident, alert: Alert) -> Incident:
    """With what tells this alert's server from others, where no target does."""
    here, told = incident.alert_about or "", told_apart(alert.labels)
    if incident.target is not None or not told or told in here or len(here) > ABOUT_MOST:
        return incident
    return replace(incident, alert_about=f"{here}; {told}" if here else told)


def named(incident: Incident, name: str, labels: Mapping[str, str]) -> str:
    """What an alert is called to people: where no target is known, with what tells it from others."""
    told = told_apart(labels) if incident.target is None else ""
    return f"{name} ({told})" if told else name


async def pictured(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    """A message of its own: Slack refuses one whose picture it cannot fetch."""
    if url := allowed_address(alert.picture, pong.settings.links):
        message = alerts.picture(alert.name, url)
        await say(records, pong, thread_of(incident), f"picture:{alert.key}", message, klass=Class.DIGEST)


async def look_soon(records: Records, pong: Pong, incident: Incident) -> None:
    """Have the target and its application measured, away from this transaction."""
    slot = await records.timers.next_slot(incident.id, timers.LOOK)
    await records.timers.schedule(incident.id, timers.LOOK, slot, due_ms=pong.clock.now_ms())
