"""Is a whole target examined: a primary behind Sentinels, and each node of a cluster?"""

import httpx

from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.finding import Severity
from bot.diagnostics.triage import triage
from bot.targets.endpoint import parse_endpoint
from bot.targets.outcome import Kind
from bot.targets.target import Target
from tests.fixtures.redis_groups import cluster_of_three, watched


async def examined(url: str) -> Diagnosis:
    async with httpx.AsyncClient() as http:
        return await triage(Target(name="redis-prod", address=parse_endpoint(url)), SystemClock(), http)


def severities(diagnosis: Diagnosis) -> dict[str, Severity]:
    return {finding.check: finding.severity for finding in reversed(diagnosis.findings)}


async def test_a_cluster_is_examined_node_by_node() -> None:
    with cluster_of_three("--maxmemory", "8mb") as cluster:
        diagnosis = await examined(cluster.url)
    found = severities(diagnosis)
    assert diagnosis.outcome.is_healthy
    assert found["cluster"] is Severity.NOTICE  # no primary has a replica
    (memory,) = [one for one in diagnosis.findings if one.check == "memory"]
    assert "and so all 3 nodes" in memory.title


async def test_the_node_that_died_is_named_and_the_others_are_examined() -> None:
    with cluster_of_three() as cluster:
        cluster.nodes[2].kill()
        cluster.awaits_state("fail")
        diagnosis = await examined(cluster.url)
        gone = f"127.0.0.1:{cluster.nodes[2].port}"
    assert diagnosis.outcome.kind is Kind.CLUSTER_DOWN
    assert severities(diagnosis)["cluster"] is Severity.CRITICAL
    assert any(one.check == "memory" and one.why.startswith(f"{gone}: ") for one in diagnosis.not_checked)
    assert "connections" in severities(diagnosis)
    assert diagnosis.took_ms < 8000


async def test_the_primary_that_sentinels_name_is_examined() -> None:
    with watched() as group:
        group.primary.command("SET", "one", "1")
        diagnosis = await examined(group.url)
        assert diagnosis.outcome.is_healthy
        assert severities(diagnosis)["sentinels"] is Severity.OK
        assert severities(diagnosis)["replication"] is Severity.OK
        for sentinel in group.sentinels:
            sentinel.kill()
        blind = await examined(group.url)
    assert blind.outcome.kind is Kind.SENTINELS_SILENT
    assert "memory" in {one.check for one in blind.not_checked}
    assert blind.took_ms < 8000
