"""What does Pong know of? Explicit lists: alert sources, diagnostics, remediations, runbooks."""

from bot.alerts.alertmanager import ALERTMANAGER
from bot.diagnostics import (
    application,
    connections,
    evictions,
    fragmentation,
    hit_rate,
    keys,
    memory,
    out_of_memory,
    persistence,
    pool,
    rejected,
    replication,
    response_time,
)
from bot.diagnostics.question import Question
from bot.runbooks.redis_failure import REDIS_FAILURE

ALERT_SOURCES = {source.name: source for source in (ALERTMANAGER,)}
RUNBOOKS = {runbook.name: runbook for runbook in (REDIS_FAILURE,)}

DIAGNOSTICS = (
    Question(check=memory.CHECK, read=memory.read, judge=memory.judge),
    Question(check=out_of_memory.CHECK, read=out_of_memory.read, judge=out_of_memory.judge),
    Question(check=evictions.CHECK, read=evictions.read, judge=evictions.judge),
    Question(check=connections.CHECK, read=connections.read, judge=connections.judge),
    Question(check=rejected.CHECK, read=rejected.read, judge=rejected.judge),
    Question(check=hit_rate.CHECK, read=hit_rate.read, judge=hit_rate.judge),
    Question(check=persistence.CHECK, read=persistence.read, judge=persistence.judge),
    Question(check=replication.CHECK, read=replication.read, judge=replication.judge),
    Question(check=response_time.CHECK, read=response_time.read, judge=response_time.judge),
    Question(check=fragmentation.CHECK, read=fragmentation.read, judge=fragmentation.judge),
    Question(check=keys.CHECK, read=keys.read, judge=keys.judge),
    Question(check=application.CHECK, read=application.read, judge=application.judge, needs_redis=False),
    Question(check=pool.CHECK, read=pool.read, judge=pool.judge, needs_redis=False),
)
