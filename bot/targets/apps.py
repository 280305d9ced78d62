"""Which apps at DigitalOcean are the applications of a target, and which of their variables may Pong change?

The names are pong.toml's: see docs/running.md.
"""

from pydantic import SecretStr

from bot.config.settings import Settings
from bot.config.tables import TargetTable
from bot.errors import SettingsError
from bot.providers.app_spec import App
from bot.providers.digitalocean import DigitalOcean


def digitalocean(settings: Settings) -> DigitalOcean:
    """The account. Raises SettingsError without its token."""
    token = settings.secret("DIGITALOCEAN_TOKEN")
    if not token:
        raise SettingsError("pong.toml names something at DigitalOcean: set DIGITALOCEAN_TOKEN.")
    return DigitalOcean(settings.digitalocean_api_url, SecretStr(token))


def apps_of(settings: Settings, table: TargetTable) -> tuple[App, ...]:
    """One for each application of the target that is an app there."""
    names = dict.fromkeys((*table.consumers, *((table.application,) if table.application else ())))
    return tuple(app for name in names if (app := _app(settings, name)))


def _app(settings: Settings, name: str) -> App | None:
    table = settings.applications.get(name)
    if table is None or not table.digitalocean_app_id:
        return None
    return App(
        account=digitalocean(settings),
        application=name,
        app_id=table.digitalocean_app_id,
        redis_env=table.digitalocean_redis_env or "",
        redis_url=table.digitalocean_redis_url or "",
        fallback_env=table.digitalocean_fallback_env or "",
        fallback_on=table.digitalocean_fallback_on,
        fallback_off=table.digitalocean_fallback_off,
    )
