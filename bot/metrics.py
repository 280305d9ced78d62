"""What does Prometheus scrape from Pong?

https://prometheus.io/docs/practices/naming/
"""

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.pong import Pong
from bot.store.records import Records


class Metrics:
    """Pong's own figures, on a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter(
            "pong_webhooks_total", "Webhooks by answer", ["source", "status"], registry=self.registry
        )
        self._inbox = Gauge("pong_inbox_rows", "Accepted things by state", ["state"], registry=self.registry)
        self._outbox = Gauge("pong_outbox_rows", "Messages by state", ["state"], registry=self.registry)
        self._incidents = Gauge("pong_incidents_open", "Open incidents", registry=self.registry)

    async def refresh(self, pong: Pong) -> None:
        """Bring the gauges up to date from the store."""
        inbox, outbox, open_now = await pong.store.read(_counts)
        for state, count in inbox.items():
            self._inbox.labels(state=state).set(count)
        for state in ("pending", "sending", "sent", "failed"):
            self._outbox.labels(state=state).set(outbox.get(state, 0))
        self._incidents.set(open_now)


async def _counts(records: Records) -> tuple[dict[str, int], dict[str, int], int]:
    inbox = {state: await records.inbox.count(state) for state in ("new", "working", "failed")}
    return inbox, await records.outbox.counts(), len(await records.incidents.all_open())
