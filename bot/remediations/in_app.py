"""What would it mean to change one variable of an app at DigitalOcean: where it stands, what is deployed?

https://docs.digitalocean.com/products/app-platform/how-to/use-environment-variables/
"""

from dataclasses import dataclass, field
from urllib.parse import quote

from bot.errors import Refused, ServiceUnavailable
from bot.providers.app_spec import App, Spec
from bot.providers.digitalocean import Deployment, newest_deployment
from bot.remediations.plan import Wait
from bot.remediations.remediation import Scene
from bot.remediations.restart import DEPLOYED_WITHIN_S


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was there when the change was planned: `newest` is the deployment from before."""

    app: App
    variable: str
    newest: Deployment
    spec: Spec = field(repr=False)


async def look(scene: Scene, app: App, variable: str) -> Seen:
    """Raises Refused where it must not be changed, ServiceUnavailable when DigitalOcean does not tell."""
    spec = await app.spec(scene.http)
    newest = await newest_deployment(scene.http, app.cloud) if isinstance(spec, Spec) else spec
    if isinstance(spec, str) or isinstance(newest, str):
        raise ServiceUnavailable(f"Nothing was planned: {spec if isinstance(spec, str) else newest}.")
    if fault := _fault(app, variable, spec, newest):
        raise Refused(fault)
    return Seen(app=app, variable=variable, newest=newest, spec=spec)


def _fault(app: App, variable: str, spec: Spec, newest: Deployment) -> str:
    name = app.application
    if not spec.places(variable):
        return (
            f"Its app spec has no {variable}: set it once at DigitalOcean for the app of {name}, or name "
            "the right variable in pong.toml."
        )
    if spec.is_bound(variable):
        return (
            f"DigitalOcean itself fills in {variable} of {name} (${{…}}), and a value of Pong's would end "
            "that: change it at DigitalOcean."
        )
    if spec.is_pinned:
        return (
            f"The app of {name} was rolled back and is pinned: commit or revert that at DigitalOcean first."
        )
    if newest.is_under_way:
        return f"The app of {name} is being deployed ({newest.says}): wait for its end, then ask again."
    return ""


def says_of(seen: Seen) -> tuple[str, ...]:
    name, followers = seen.app.application, ", ".join(seen.spec.followers)
    pushed = f"; a push ships some: {followers} follows its branch" if followers else ""
    return (
        f"{seen.variable} of {name} stands in {', '.join(seen.spec.places(seen.variable))}",
        f"{name} is deployed with its newest spec, and has it once that serves: that takes minutes. "
        f"Runs now: {seen.newest.says}",
        f"DigitalOcean is told to fetch no newer code for it{pushed}",
        "Its spec is sent back whole: leave it alone meanwhile, a change in that same second would be lost",
    )


def deployed(seen: Seen) -> Wait:
    """A look at the deployment that the change begins, until it serves."""
    return Wait(
        at_most_s=DEPLOYED_WITHIN_S,
        until=f"{seen.app.application} is deployed with its new {seen.variable}",
        condition="app-deployed",
        given=f"{seen.app.app_id} {seen.newest.id}",
    )


def around_password(url: str, user: str) -> tuple[str, str]:
    """What stands before and after the password in the address `url`, which has no user of its own."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}:", f"@{rest}"
