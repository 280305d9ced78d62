"""Which variables does the spec of an app at DigitalOcean have, and where? Their values show nowhere.

It is told whole and has to be sent back whole: what Pong does not know stays as it was. A secret is told
encrypted, as EV[1:…], and is lost when that does not come back letter by letter.
https://docs.digitalocean.com/products/app-platform/reference/app-spec/
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.providers.digitalocean import Cloud, DigitalOcean
from bot.text import plain

APP_LEVEL = "the app itself"


@dataclass(frozen=True)
class Spec:
    """All of it, as the API tells it. `is_pinned`: the app was rolled back, and takes no deployment."""

    whole: dict[str, Any] = field(repr=False)
    is_pinned: bool = False

    def places(self, variable: str) -> tuple[str, ...]:
        """Where it stands: names of components, or APP_LEVEL for all that do not set it themselves."""
        return tuple(dict.fromkeys(place for place, _ in _found(self.whole, variable)))

    def values(self, variable: str) -> tuple[str, ...]:
        """Each as it stands: in the clear, or encrypted."""
        return tuple(str(one.get("value", "")) for _, one in _found(self.whole, variable))

    def is_bound(self, variable: str) -> bool:
        """Whether DigitalOcean fills it in, as ${cache.DATABASE_URL}."""
        return any("${" in value for value in self.values(variable))

    def changed(self, variable: str, value: str, *, is_secret: bool) -> dict[str, Any]:
        """The whole with another value wherever `variable` stands, and nothing else touched."""
        whole = deepcopy(self.whole)
        for _, one in _found(whole, variable):
            one["value"] = value
            if is_secret:
                one["type"] = "SECRET"
        return whole

    @property
    def followers(self) -> tuple[str, ...]:
        """The components that a push deploys anew."""
        return tuple(place for place, one in _holders(self.whole) if _follows(one))


@dataclass(frozen=True, kw_only=True)
class App:
    """`application` as an app of the account, and the variables of it that Pong may change.

    `redis_env` holds its Redis address: `redis_url` with a user and a password put in. `fallback_env` makes
    it do without Redis when it is `fallback_on`, and with it when it is `fallback_off`.
    """

    account: DigitalOcean
    application: str
    app_id: str
    redis_env: str = ""
    redis_url: str = ""
    fallback_env: str = ""
    fallback_on: str = "true"
    fallback_off: str = "false"

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.account, self.app_id)

    async def spec(self, http: httpx.AsyncClient) -> Spec | str:
        """The newest, deployed or not; or why it is not known. Raises nothing."""
        answer = await self.account.get(http, f"/v2/apps/{self.app_id}")
        app = answer.body.get("app") if answer.body else None
        whole = app.get("spec") if isinstance(app, dict) else None
        if not isinstance(app, dict) or not isinstance(whole, dict):
            return f"DigitalOcean {answer.fault or 'does not tell the spec of this app'}"
        return Spec(whole, is_pinned=bool(app.get("pinned_deployment")))


def _holders(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What may have variables: the app, and its services, workers, jobs, and whatever kinds will come."""
    yield APP_LEVEL, whole
    for kind, listed in whole.items():
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict):
                yield plain(one.get("name") or kind, 40), one


def _found(whole: dict[str, Any], variable: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, holder in _holders(whole):
        listed = holder.get("envs")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and one.get("key") == variable:
                yield place, one


def _follows(component: dict[str, Any]) -> bool:
    """`github: {deploy_on_push: true}`, `image: {deploy_on_push: {enabled: true}}`."""
    sources = (component.get(kind) for kind in ("github", "gitlab", "bitbucket", "image"))
    told = [one.get("deploy_on_push") for one in sources if isinstance(one, dict)]
    return any(one.get("enabled") is True if isinstance(one, dict) else one is True for one in told)
