"""What is asked and said when an application itself is down, whatever its Redis does?

Its health is asked, and nothing else is touched: what restarts or deploys it belongs to the runbook of its
Redis, whose plans measure that Redis first.
"""

from bot.runbooks.runbook import LooksAt, Runbook, Words

API_SERVER_DOWN = Runbook(
    name="api-server-down",
    title="API Server Down",
    looks_at=LooksAt.APPLICATION,
    public_title="Service not available",
    public_words="Pages{whose} may not be available.",
    severity="P1",
    alerts=frozenset({"ApiServerDown", "ApiDown", "ApiServerUnhealthy"}),
    acknowledgement="Acknowledged API_SERVER_DOWN - investigating",
    words={
        "": Words(
            impact="The application does not serve, people cannot use it",
            while_down="The application does not serve",
        ),
        "ApiServerUnhealthy": Words(
            impact="The application answers and calls itself unhealthy, part of it may fail",
            while_down="Part of the application may fail",
        ),
    },
    allowed={},
)
