"""What does Pong know of? Explicit lists: alert sources, runbooks, remediations, diagnostics."""

from bot.alerts.alertmanager import ALERTMANAGER
from bot.alerts.grafana import GRAFANA
from bot.alerts.pagerduty import PAGERDUTY
from bot.diagnostics import (
    application,
    application_path,
    big_keys,
    clients,
    cluster,
    connections,
    cpu,
    database,
    evictions,
    expiry,
    firewall,
    fragmentation,
    hit_rate,
    keys,
    latency,
    logs,
    memory,
    name,
    out_of_memory,
    path,
    persistence,
    pool,
    provider,
    queues,
    refused_logins,
    rejected,
    replication,
    response_time,
    sentinels,
    slow_log,
    traffic,
)
from bot.diagnostics.question import Question
from bot.postgres import connections as postgres_connections
from bot.postgres import locks as postgres_locks
from bot.postgres.question import Question as PostgresQuestion
from bot.remediations import (
    clear_cache,
    failover,
    fallback,
    flush,
    kill,
    protect,
    redeploy,
    restart,
    rotate,
    scale,
)
from bot.runbooks.api_server_down import API_SERVER_DOWN
from bot.runbooks.database_failure import DATABASE_FAILURE
from bot.runbooks.redis_failure import REDIS_FAILURE

ALERT_SOURCES = {source.name: source for source in (ALERTMANAGER, GRAFANA, PAGERDUTY)}
RUNBOOKS = {runbook.name: runbook for runbook in (REDIS_FAILURE, API_SERVER_DOWN, DATABASE_FAILURE)}
REMEDIATIONS = {
    one.name: one
    for one in (
        restart.REMEDIATION,
        failover.REMEDIATION,
        redeploy.REMEDIATION,
        clear_cache.REMEDIATION,
        scale.REMEDIATION,
        kill.REMEDIATION,
        fallback.REMEDIATION,
        protect.REMEDIATION,
        rotate.REMEDIATION,
        flush.REMEDIATION,
    )
}

DIAGNOSTICS = (
    Question(check=memory.CHECK, read=memory.read, judge=memory.judge),
    Question(check=out_of_memory.CHECK, read=out_of_memory.read, judge=out_of_memory.judge, later=True),
    Question(check=evictions.CHECK, read=evictions.read, judge=evictions.judge, later=True),
    Question(check=connections.CHECK, read=connections.read, judge=connections.judge),
    Question(check=rejected.CHECK, read=rejected.read, judge=rejected.judge, later=True),
    Question(check=hit_rate.CHECK, read=hit_rate.read, judge=hit_rate.judge, later=True),
    Question(check=persistence.CHECK, read=persistence.read, judge=persistence.judge),
    Question(check=replication.CHECK, read=replication.read, judge=replication.judge),
    Question(check=sentinels.CHECK, read=sentinels.read, judge=sentinels.judge, needs_redis=False),
    Question(check=cluster.CHECK, read=cluster.read, judge=cluster.judge, needs_redis=False),
    Question(check=response_time.CHECK, read=response_time.read, judge=response_time.judge, alone=True),
    Question(check=fragmentation.CHECK, read=fragmentation.read, judge=fragmentation.judge),
    Question(check=cpu.CHECK, read=cpu.read, judge=cpu.judge, later=True),
    Question(check=slow_log.CHECK, read=slow_log.read, judge=slow_log.judge),
    Question(check=latency.CHECK, read=latency.read, judge=latency.judge),
    Question(check=clients.CHECK, read=clients.read, judge=clients.judge),
    Question(check=refused_logins.CHECK, read=refused_logins.read, judge=refused_logins.judge),
    Question(check=keys.CHECK, read=keys.read, judge=keys.judge, later=True),
    Question(check=expiry.CHECK, read=expiry.read, judge=expiry.judge, later=True),
    Question(check=big_keys.CHECK, read=big_keys.read, judge=big_keys.judge, later=True),
    Question(check=queues.CHECK, read=queues.read, judge=queues.judge),
    Question(check=path.CHECK, read=path.read, judge=path.judge, needs_redis=False),
    Question(
        check=application_path.CHECK,
        read=application_path.read,
        judge=application_path.judge,
        needs_redis=False,
    ),
    Question(check=name.CHECK, read=name.read, judge=name.judge, needs_redis=False),
    Question(check=firewall.CHECK, read=firewall.read, judge=firewall.judge, needs_redis=False),
    Question(check=provider.CHECK, read=provider.read, judge=provider.judge, needs_redis=False),
    Question(check=database.CHECK, read=database.read, judge=database.judge, needs_redis=False),
    Question(check=traffic.CHECK, read=traffic.read, judge=traffic.judge, needs_redis=False),
    Question(check=application.CHECK, read=application.read, judge=application.judge, needs_redis=False),
    Question(check=pool.CHECK, read=pool.read, judge=pool.judge, needs_redis=False),
    Question(check=logs.CHECK, read=logs.read, judge=logs.judge, needs_redis=False),
)

POSTGRES_DIAGNOSTICS = (
    PostgresQuestion(
        check=postgres_connections.CHECK, read=postgres_connections.read, judge=postgres_connections.judge
    ),
    PostgresQuestion(check=postgres_locks.CHECK, read=postgres_locks.read, judge=postgres_locks.judge),
)
