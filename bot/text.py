"""How does text from outside become safe to show, and how do secrets stay in?

Everything that Pong did not write itself passes here before it reaches Slack, a log, the timeline or a
report. Slack's rules: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

HIDDEN = "••••"

_URL_PASSWORD = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<user>[^/@\s:]*):[^/\s]*@", re.IGNORECASE)
_SLACK_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)(?:\.[a-z]+)?-[A-Za-z0-9-]{6,}")
_AUTHORIZATION = re.compile(
    r"\b(?P<scheme>bearer|basic|oauth|token)(?P<gap>[ =]+)[A-Za-z0-9._~+/=-]{8,}", re.I
)
_NAMED = re.compile(
    r"(?P<name>\b[\w-]*(?:password|passwd|secret|api[_-]?key|access[_-]?key|token|requirepass|masterauth)"
    r"[\"']?\s*[:=]\s*)(?P<quote>[\"']?)(?:(?<=\")[^\"]{3,}|(?<=')[^']{3,}|[^\s\"',;&]{3,})",
    re.I,
)
# Not what is hidden already, and not a sign without a letter: "AUTH –" in a probe's line is no password.
_AUTH_COMMAND = re.compile(
    rf"(?P<name>\b(?:AUTH2?|requirepass|masterauth)\s+)(?!{HIDDEN})(?=\S*\w)(?:\S+\s+)?\S+", re.I
)
# A slash may be in the password.
_REDIS_URL = re.compile(r"(?P<scheme>\b(?:redis|valkey)s?(?:\+\w+)?://)[^\s\"'<>]*@", re.I)
_REDIS_CLI = re.compile(r"(?P<option>redis-cli\b.*?\s(?:-a|--pass)[ =])\S+", re.I)
_ACL_PASSWORD = re.compile(r"(?P<rule>\bSETUSER\b.*?\s[<>#!])\S+", re.I)
_WELL_KNOWN = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|AKIA[A-Z0-9]{16}|dop_v1_[a-f0-9]{20,})\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
)
_KEY_NAME = re.compile(
    # A class of keys, `cache:*`, is no key.
    r"\b(?P<group>session|sess|cache|ratelimit|token|user|cart|login)s?:(?!\*(?:\W|$))[^\s\"',;)\]}<>`]+",
    re.I,
)
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
# Also one that is cut off: what follows eyJ is the beginning of its header.
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Redactor:
    """Hides the secrets that the settings hold, and whatever looks like one.

    `secrets` are exact values (passwords, tokens); those under 4 characters are left alone, since hiding
    them would hide ordinary words.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(secret) for secret in known)) if known else None

    def __call__(self, text: str) -> str:
        """`text` with every known secret and everything that looks like one replaced by `••••`."""
        return redact(self.known(text))

    def known(self, text: str) -> str:
        """`text` without the known secrets and without tokens; for text that Pong wrote itself, in which a
        class of key (`cache:*`) may stand."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        text = _WELL_KNOWN.sub(HIDDEN, _SLACK_TOKEN.sub(HIDDEN, _JWT.sub(HIDDEN, text)))
        text = _REDIS_URL.sub(lambda m: f"{m['scheme']}{HIDDEN}@", text)
        return _URL_PASSWORD.sub(lambda m: f"{m['scheme']}{HIDDEN}@", text)


def redact(text: str) -> str:
    """`text` without what looks like a credential, a key name or an e-mail address."""
    text = _JWT.sub(HIDDEN, text)
    text = _SLACK_TOKEN.sub(HIDDEN, text)
    text = _WELL_KNOWN.sub(HIDDEN, text)
    text = _REDIS_URL.sub(lambda m: f"{m['scheme']}{HIDDEN}@", text)
    text = _URL_PASSWORD.sub(lambda m: f"{m['scheme']}{HIDDEN}@", text)
    text = _REDIS_CLI.sub(lambda m: f"{m['option']}{HIDDEN}", text)
    text = _ACL_PASSWORD.sub(lambda m: f"{m['rule']}{HIDDEN}", text)
    text = _AUTHORIZATION.sub(lambda m: f"{m['scheme']}{m['gap']}{HIDDEN}", text)
    text = _NAMED.sub(lambda m: f"{m['name']}{m['quote']}{HIDDEN}", text)
    text = _AUTH_COMMAND.sub(lambda m: f"{m['name']}{HIDDEN}", text)
    text = _KEY_NAME.sub(lambda m: f"{m['group']}:{HIDDEN}", text)
    return _EMAIL.sub(HIDDEN, text)


def redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """`value`, which JSON can hold, with each text in it through `redact`, save the names of its fields."""
    # Text by text: over the whole JSON, a pattern could eat a quote sign and leave what nobody can read back.
    match value:
        case str():
            return redact(value)
        case dict():
            return {name: redacted(inner, redact) for name, inner in value.items()}
        case list() | tuple():
            return [redacted(inner, redact) for inner in value]
        case _:
            return value


def escape(text: str) -> str:
    """`text` so that Slack's mrkdwn shows it letter by letter: no mention, link or format.

    Only &, < and > can be escaped in mrkdwn. Format signs get a zero-width joiner before them, which no
    reader sees and no parser takes for a format; blocks carry `verbatim: true`, so bare @here stays text.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[*_~`@#]", lambda m: f"\u2060{m[0]}\u2060", text)


def clean(text: str) -> str:
    """`text` on one line: no control signs, no direction marks, single spaces."""
    return re.sub(r"\s+", " ", _CONTROL.sub(" ", text)).strip()


def clip(text: str, most: int) -> str:
    """`text` in at most `most` characters, ending in … where something was cut."""
    return text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "…"


def first_few(names: Sequence[str], *, most: int = 3, between: str = ", ") -> str:
    """`a, b, c and 2 more`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return between.join(names[:most]) + more


def beginning(text: str, most: int) -> str:
    """The first words of `text` in at most `most` characters; whole ones, since half a secret hides from
    whoever looks for secrets."""
    if len(text) <= most:
        return text
    head = text[:most]
    return head.rpartition(" ")[0] or head


def allowed_link(url: str | None, hosts: Iterable[str]) -> str | None:
    """`url`, fit for a link in mrkdwn, when it leads to one of `hosts`."""
    address = allowed_address(url, hosts)
    return address.replace("&", "&amp;") if address else None


def allowed_address(url: str | None, hosts: Iterable[str]) -> str | None:
    """`url` when it leads to one of `hosts` and holds no sign that Slack reads as the end of a link."""
    if not url or not re.fullmatch(r"https?://[^\s|<>]{1,500}", url):
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return url if host in set(hosts) else None


def outside(text: object, most: int = 200) -> str:
    """Text from outside, fit for a mrkdwn block: cleaned, redacted, clipped, then escaped."""
    return escape(clip(redact(clean(str(text))), most))


def plain(text: object, most: int = 200) -> str:
    """Text from outside, fit for a plain_text element, a log or the terminal: cleaned, redacted, clipped."""
    return clip(redact(clean(str(text))), most)
