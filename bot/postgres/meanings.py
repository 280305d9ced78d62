"""How does the way to a PostgreSQL end, what does that mean, and what is the next step?

A table of signs in what libpq says, and one of words. What a server says in another language is an error
without a name. https://www.postgresql.org/docs/current/client-authentication-problems.html
"""

import re

from bot.diagnostics.finding import NextStep
from bot.targets.outcome import Kind, Meaning, Outcome

# In this order: what the server itself says comes before what the way there says.
SIGNS: tuple[tuple[str, Kind], ...] = (
    (r"password authentication failed|role .* does not exist", Kind.CREDENTIALS_WRONG),
    (r"no password supplied", Kind.CREDENTIALS_MISSING),
    (r"no pg_hba\.conf entry|pg_hba\.conf rejects|permission denied for database", Kind.NO_PERMISSION),
    (r"too many (clients|connections)|connection slots are reserved", Kind.TOO_MANY_CLIENTS),
    (r"database .* does not exist", Kind.WRONG_DATABASE),
    (r"system is (starting up|in recovery|not yet accepting)", Kind.LOADING),
    (r"system is shutting down|terminating connection", Kind.CLOSED),
    (r"does not support SSL", Kind.TLS_TO_PLAIN),
    (r"certificate verify failed|does not match host name|certificate has expired", Kind.CERTIFICATE),
    (r"(root )?certificate file .*(does not exist|could not)|could not load", Kind.OWN_TLS_FILES),
    (r"SSL error|SSL SYSCALL", Kind.TLS_FAILED),
    (r"[Cc]onnection refused", Kind.REFUSED),
    (r"No route to host|[Nn]etwork is unreachable", Kind.NO_ROUTE),
    (r"No such file or directory", Kind.SOCKET_MISSING),
    (r"Permission denied", Kind.SOCKET_FORBIDDEN),
    (r"closed the connection unexpectedly|[Cc]onnection reset", Kind.CLOSED),
)

_BY_HAND = "Look at the server's log and process, and at its provider."
_NETWORK = "Check the network and the firewall between Pong and it."
_SETTINGS = "Correct its address, or its user, in Pong's settings; ask whoever runs it what changed."

MEANINGS: dict[Kind, Meaning] = {
    Kind.HEALTHY: Meaning(
        says="answers",
        meaning="It takes a login and answers.",
        next="Is the application connected to it?",
        is_reachable=True,
        is_healthy=True,
    ),
    Kind.NAME_UNKNOWN: Meaning(
        says="has a name that DNS does not know",
        meaning="Its DNS entry is gone, or Pong's settings are mistyped.",
        next="Check the name and its DNS entry.",
    ),
    Kind.NAME_SERVER_FAILED: Meaning(
        says="cannot be looked up: the name server failed",
        meaning="Nothing is known about the database itself.",
        next="Check DNS, and whether other names resolve.",
    ),
    Kind.REFUSED: Meaning(
        says="refuses connections",
        meaning="The server process or its port is down, or a firewall rejects. The network answers.",
        next=f"{_BY_HAND} Start it.",
    ),
    Kind.NO_ROUTE: Meaning(
        says="cannot be reached: there is no route to it",
        meaning="The network says so at once; nothing is known about the database itself.",
        next=_NETWORK,
    ),
    Kind.BLACK_HOLE: Meaning(
        says="does not take connections",
        meaning="Nobody said no: the attempt to connect went unanswered.",
        could_be=("a firewall that drops", "the host is down", "the server is too busy to accept"),
        next=_NETWORK,
    ),
    Kind.FROZEN: Meaning(
        says="takes connections and then says nothing",
        meaning="The port is open and no process answers behind it: stopped, stuck, or out of CPU or disk.",
        next=_BY_HAND,
    ),
    Kind.SOCKET_MISSING: Meaning(
        says="has no socket",
        meaning="The Unix socket's file is not there: the server is down, or keeps it elsewhere.",
        next="Start it, or correct the folder in its address.",
    ),
    Kind.SOCKET_FORBIDDEN: Meaning(
        says="has a socket that Pong may not open",
        meaning="The file's permissions keep Pong out; nothing is known about the database itself.",
        next="Let Pong's user into the socket's group.",
    ),
    Kind.TLS_TO_PLAIN: Meaning(
        says="speaks no TLS, and its address insists on it",
        meaning="TLS was switched off there, or this is another server.",
        next=_SETTINGS,
    ),
    Kind.CERTIFICATE: Meaning(
        says="shows a certificate that is not accepted",
        meaning="It has expired, is for another name, or is by an authority that Pong is not told to trust.",
        next="Renew the certificate, or correct sslrootcert in its address.",
    ),
    Kind.OWN_TLS_FILES: Meaning(
        says="cannot be asked: Pong's own TLS files cannot be read",
        meaning="Nothing is known about the database itself.",
        next="Correct sslrootcert, sslcert and sslkey in its address.",
    ),
    Kind.TLS_FAILED: Meaning(
        says="fails at TLS",
        meaning="It takes the connection, and the two do not agree how to speak.",
        next="Look at its TLS settings and log.",
    ),
    Kind.CREDENTIALS_MISSING: Meaning(
        says="wants a password, and Pong has none",
        meaning="The server itself is up.",
        next=_SETTINGS,
    ),
    Kind.CREDENTIALS_WRONG: Meaning(
        says="refuses Pong's user or password",
        meaning="The server itself is up. Was the password changed? Applications may have the old one too.",
        next=_SETTINGS,
    ),
    Kind.NO_PERMISSION: Meaning(
        says="does not let Pong in from here",
        meaning="The server itself is up; its pg_hba.conf or its rights keep Pong out.",
        next=_SETTINGS,
    ),
    Kind.TOO_MANY_CLIENTS: Meaning(
        says="has no connection left",
        meaning="All of max_connections are taken: whoever comes now is turned away. Likely a leak.",
        next="Find who holds them, restart the application that leaks, or use a pooler.",
    ),
    Kind.WRONG_DATABASE: Meaning(
        says="has no database of that name",
        meaning="The server itself is up.",
        next=_SETTINGS,
    ),
    Kind.LOADING: Meaning(
        says="is starting up, or recovers",
        meaning="It was restarted or crashed; how long it takes depends on what it has to replay.",
        next="Wait and triage again; its log says how far it is.",
    ),
    Kind.CLOSED: Meaning(
        says="hangs up",
        meaning="It closes the connection: it is shutting down, or its process crashed.",
        next=_BY_HAND,
    ),
    Kind.ERROR: Meaning(
        says="turns Pong away",
        meaning="Something answers, and not as a PostgreSQL that lets Pong in.",
        next=_BY_HAND,
    ),
}


def kind_of(said: str) -> Kind:
    """What libpq's message is a sign of."""
    return next((kind for sign, kind in SIGNS if re.search(sign, said)), Kind.ERROR)


def sign_in(said: str) -> str:
    """The part of libpq's message that told: nothing else of it, since it names users and hosts."""
    found = next((match for sign, _ in SIGNS if (match := re.search(sign, said))), None)
    return re.sub(r'"[^"]*"', "…", found[0]) if found else ""


def outcome(kind: Kind, target: str, *, seen: str = "") -> Outcome:
    """The outcome of this kind, without its times."""
    meaning = MEANINGS[kind]
    return Outcome(
        target=target,
        kind=kind,
        says=meaning.says,
        meaning=meaning.meaning,
        next_step=NextStep(label=meaning.next),
        is_reachable=meaning.is_reachable,
        is_healthy=meaning.is_healthy,
        could_be=meaning.could_be,
        seen=seen,
    )
