"""What does Pong know of: alert sources, diagnostics, remediations, runbooks? Explicit lists, nothing is found by itself."""

from bot.alerts.alertmanager import ALERTMANAGER
from bot.runbooks.redis_failure import REDIS_FAILURE

ALERT_SOURCES = {source.name: source for source in (ALERTMANAGER,)}
RUNBOOKS = {runbook.name: runbook for runbook in (REDIS_FAILURE,)}
