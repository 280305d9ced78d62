"""How does a plan speak of another value for one variable of an app at DigitalOcean? Pure.

The API takes whole specs only: bot/execution/effects/app_variable.py reads it, changes this in it and sends
it back. https://docs.digitalocean.com/reference/api/digitalocean/#tag/Apps/operation/apps_update
"""

from dataclasses import dataclass
from typing import Literal

from bot.remediations.repeat import Repeat
from bot.remediations.secret import HIDDEN, Handed


@dataclass(frozen=True, kw_only=True)
class AppVariable:
    """Give the variable `name` the value `value` wherever the app's spec has it already, and deploy that.

    A secret is kept encrypted from then on. To send it again sets the same value, or a secret that was made
    anew, and deploys once more: that harms nothing.
    """

    app_id: str
    name: str
    value: str | Handed
    undo: str
    repeat: Repeat = Repeat.HARMLESS
    kind: Literal["app-variable"] = "app-variable"

    @property
    def secret(self) -> Handed | None:
        return None if isinstance(self.value, str) else self.value

    @property
    def path(self) -> str:
        return f"/v2/apps/{self.app_id}"

    def line(self) -> str:
        value = self.value if isinstance(self.value, str) else HIDDEN
        return f"PUT {self.path} on DigitalOcean with {self.name} {value}, and all else of its spec as it is"
