"""What may stand in pong.toml of our own status page, and of when people are asked about it?

docs/running.md lists all of it for those who fill it in.
"""

from typing import Annotated

from pydantic import Field

from bot.config.forms import ID, Table


class StatuspageTable(Table):
    """When people are asked whether the public is told, how long after a text somebody is reminded of the
    next one (`again_after_min`), and on which page of Statuspage's it stands. `public_name` is what the
    public calls what fails; `deliver_notifications`: subscribers are written to."""

    page_id: str | None = Field(None, pattern=ID)
    component_ids: tuple[Annotated[str, Field(pattern=ID)], ...] = ()
    deliver_notifications: bool = False
    public_name: str = Field("", max_length=80)
    ask_after_min: float = Field(30, gt=0)
    again_after_min: float = Field(30, gt=0)
