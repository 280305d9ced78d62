"""Where is an outside service that a plan calls, and what proves who we are?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.config.settings import Settings
from bot.errors import Refused
from bot.providers import github, upstash


@dataclass(frozen=True)
class Service:
    """An API and the headers that every request to it carries."""

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def service(settings: Settings, name: str) -> Service:
    """Raises Refused when its secret is not set."""
    if name == "DigitalOcean":
        token = _secret(settings, "DIGITALOCEAN_TOKEN")
        return Service(name, settings.digitalocean_api_url, {"Authorization": f"Bearer {token}"})
    if name == "Cloudflare":
        token = _secret(settings, "CLOUDFLARE_API_TOKEN")
        return Service(name, settings.cloudflare_api_url, {"Authorization": f"Bearer {token}"})
    if name == "GitHub":
        return Service(name, settings.github_api_url, github.headers(_secret(settings, "GITHUB_TOKEN")))
    if name == "Upstash":
        email, key = _secret(settings, "UPSTASH_EMAIL"), _secret(settings, "UPSTASH_API_KEY")
        return Service(name, settings.upstash_api_url, upstash.headers(email, key))
    raise Refused(f"Pong knows no service called {name}.")


def _secret(settings: Settings, name: str) -> str:
    value = settings.secret(name)
    if not value:
        raise Refused(f"{name} is not set, and this plan needs it.")
    return value
