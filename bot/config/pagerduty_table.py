"""What may stand in [pagerduty] of pong.toml? docs/running.md lists it for those who fill it in."""

from typing import Self

from pydantic import Field, model_validator

from bot.config.forms import ID, Table


class PagerDutyTable(Table):
    """Whom *Wake an approver* pages: the escalation policy, on a service of yours; both by their ids. Whether
    what people do here is done there too. After how many minutes without Slack it calls people instead. By
    which schedule or escalation policy somebody is on call, and whether they are pinged here too."""

    service: str | None = Field(None, pattern=ID)
    approvers_policy: str | None = Field(None, pattern=ID)
    write_back: bool = True
    slack_away_min: float = Field(5, ge=1, le=60)
    on_call_schedule: str | None = Field(None, pattern=ID)
    on_call_policy: str | None = Field(None, pattern=ID)
    ping_on_call: bool = False

    @model_validator(mode="after")
    def _one_says(self) -> Self:
        if self.on_call_schedule and self.on_call_policy:
            raise ValueError("on_call_schedule and on_call_policy: only one of them says who is on call")
        return self
