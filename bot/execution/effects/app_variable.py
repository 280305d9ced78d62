"""How does one variable of an app at DigitalOcean get another value, and all else of its spec stay?

Read, change, send back whole: the API knows neither a change of a part nor a condition on what it was before.
https://docs.digitalocean.com/reference/api/digitalocean/#tag/Apps/operation/apps_update
"""

from typing import Any

import httpx

from bot.execution.effects.effect import Effect, Outcome
from bot.execution.effects.http import send
from bot.providers.app_spec import App, Spec
from bot.providers.services import Service
from bot.remediations.app_variable import AppVariable

TIMES = 2


async def change(
    http: httpx.AsyncClient, service: Service, *, app: App, step: AppVariable, value: str
) -> Effect:
    """Send it once, and once more where the answer was lost and the spec is as it was. Raises nothing.

    The spec is read right before it is sent, so that what others changed since people approved stays; what
    they change in the one round trip between cannot be seen, and is lost.
    """
    spec = await app.spec(http)
    if isinstance(spec, str):
        return Effect(Outcome.NOT_SENT, spec)
    effect = Effect(Outcome.NOT_SENT, "nothing was sent")
    for _ in range(TIMES):
        before = spec.values(step.name)
        if not before:
            return Effect(Outcome.REFUSED, f"its app spec has no {step.name} any more")
        effect = await send(http, service, method="PUT", path=step.path, body=_body(spec, step, value))
        if effect.outcome is not Outcome.UNKNOWN:
            return effect
        now = await app.spec(http)
        if isinstance(now, str):
            return Effect(Outcome.UNKNOWN, f"{effect.detail}; then {now}")
        # A secret is told encrypted: that it is another one is all that can be seen of it.
        if now.values(step.name) != before or set(before) == {value}:
            return Effect(Outcome.DONE, f"{effect.detail}, and {step.name} was changed")
        spec = now
    return Effect(Outcome.UNKNOWN, f"{effect.detail}, twice, and {step.name} is as it was")


def _body(spec: Spec, step: AppVariable, value: str) -> dict[str, Any]:
    changed = spec.changed(step.name, value, is_secret=step.secret is not None)
    # Said though it is the default: with it, another value would ship newer code too.
    return {"spec": changed, "update_all_source_versions": False}
