"""Is what pong.toml says of an app at DigitalOcean whole, and said in one way?

docs/running.md says what each setting means.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]{0,199}$"
FLAG = r"^[A-Za-z0-9._:-]{1,100}$"


def without_password(url: str) -> str:
    """`url` itself. Raises ValueError, without the address: somebody may have put a password in."""
    if "@" in url or "password" in url.lower():
        raise ValueError("an address without user and password: Pong puts them in when they change")
    try:
        parts = urlsplit(url)
        names_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        names_host = False
    if not names_host or " " in url or not url.startswith(("redis://", "rediss://")):
        raise ValueError("an address such as rediss://redis.example.com:6379/0")
    return url


def fault_of(said: Mapping[str, Any]) -> str:
    """What the table of an application says twice over, or only in part; empty when it is whole."""
    redis_env, fallback_env = said["digitalocean_redis_env"], said["digitalocean_fallback_env"]
    commands = said["fallback_on_command"] or said["fallback_off_command"]
    is_same = said["digitalocean_fallback_on"] == said["digitalocean_fallback_off"]
    faults = (
        (
            redis_env and said["credentials_command"],
            "it is told a new password in two ways: keep credentials_command or digitalocean_redis_env",
        ),
        (
            fallback_env and (commands or said["fallback_workflow"]),
            "its fallback mode is switched in two ways: keep digitalocean_fallback_env, or the commands or "
            "the workflow",
        ),
        (
            bool(redis_env) != bool(said["digitalocean_redis_url"]),
            "digitalocean_redis_env and digitalocean_redis_url belong together: set both",
        ),
        (
            (redis_env or fallback_env) and not said["digitalocean_app_id"],
            "its variables are changed at DigitalOcean: set digitalocean_app_id too",
        ),
        (fallback_env and is_same, "digitalocean_fallback_on and digitalocean_fallback_off are the same"),
    )
    return next((fault for is_so, fault in faults if is_so), "")
