"""What may stand in [pagerduty] of pong.toml? docs/running.md lists it for those who fill it in."""

from pydantic import Field

from bot.config.tables import ID, Table


class PagerDutyTable(Table):
    """Whom *Wake an approver* pages: the escalation policy, on a service of yours; both by their ids. Whether
    what people do here is done there too. After how many minutes without Slack it calls people instead."""

    service: str | None = Field(None, pattern=ID)
    approvers_policy: str | None = Field(None, pattern=ID)
    write_back: bool = True
    slack_away_min: float = Field(5, ge=1, le=60)
