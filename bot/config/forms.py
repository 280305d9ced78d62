"""Which form may a value in pong.toml have, and what is a person told when it has another?

The tables that hold them: tables.py.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.config.app_settings import FLAG, VARIABLE

REPOSITORY, WORKFLOW = r"^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$", r"^[A-Za-z0-9._-]{1,100}$"
REF = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,100}$"
ID = r"^[A-Za-z0-9_-]{1,100}$"
WEB = r"^https?://[^\s|<>]+$"
EMAIL = r"^[^\s@<>|]{1,64}@[^\s@<>|]{1,190}$"
HEADER = r"^[A-Za-z0-9-]{1,100}$"
URL_PATH = r"^/[A-Za-z0-9._~/-]{0,200}$"

NAME_FAULT = "a name is one word of at most 60 letters, digits and . _ : - (people type it after a command)"
TargetName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,59}$")]
# A user of Redis: what ACL SETUSER takes, and no sign that a shell or a line would read otherwise.
UserName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]
PERSON, TEAM, CHANNEL = r"^[UWS][A-Z0-9]{2,20}$", r"^[TE][A-Z0-9]{2,20}$", r"^[CG][A-Z0-9]{2,20}$"
UserOrGroup = Annotated[str, Field(pattern=PERSON)]
SCHEDULE = "pagerduty:"
MEMBER = r"^([UWS][A-Z0-9]{2,20}|pagerduty:[A-Z0-9]{2,30})$"
Member = Annotated[str, Field(pattern=MEMBER)]
ONE_PERSON = r"^[UW][A-Z0-9]{2,20}$"
User = Annotated[str, Field(pattern=ONE_PERSON)]
PATTERN_FAULTS = {
    PERSON: "an id of a user (U0123ABCD: their profile, the three dots) or a user group (S0123ABCD), no name",
    MEMBER: (
        "an id of a user (U0123ABCD: their profile, the three dots), a user group (S0123ABCD), "
        "or pagerduty: and a schedule's id (pagerduty:PI7DH85), no name"
    ),
    ONE_PERSON: "an id of a user (U0123ABCD: their profile, the three dots), no group",
    TEAM: "an id as T0123ABCD: the first part after app.slack.com/client/ in a browser's address, no name",
    CHANNEL: "an id as C0123ABCD: the channel's details, at the bottom; no name",
    ID: "an id of letters, digits, - and _",
    REPOSITORY: "a repository as owner/name",
    WORKFLOW: "the name of a file in .github/workflows, such as fallback.yml",
    REF: "the name of a branch or tag, such as main",
    WEB: "an address that begins with https:// or http://, without spaces",
    EMAIL: "an address such as support@example.com",
    HEADER: "the name of an HTTP header, such as X-Grafana-Alerting-Timestamp",
    URL_PATH: "the beginning of a path, such as /api/",
    VARIABLE: "the name of an environment variable, such as REDIS_URL",
    FLAG: "the value of a flag: one word of letters, digits and . _ : -, such as true",
}


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
