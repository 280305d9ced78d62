"""What does each outcome of a probe mean to a person, and what is the next step?

A table. The steps are the runbook's, as corrected: wrong credentials are step 11, names and routes step 7.
"""

from bot.diagnostics.finding import NextStep
from bot.targets.group_meanings import OF_GROUPS
from bot.targets.outcome import Kind, Meaning, Outcome

MEANINGS: dict[Kind, Meaning] = {
    Kind.HEALTHY: Meaning(
        says="answers",
        meaning="It is reachable, and nothing in INFO says that writes fail. Is the application connected?",
        next="Triage",
        verb="triage",
        is_reachable=True,
        is_healthy=True,
    ),
    Kind.NAME_UNKNOWN: Meaning(
        says="has a name that DNS does not know",
        meaning="Its name has no address: the DNS entry is gone, or Pong's settings are mistyped.",
        next="Check the name and its DNS entry (step 7).",
    ),
    Kind.NAME_SERVER_FAILED: Meaning(
        says="cannot be looked up: the name server failed",
        meaning="DNS fails; nothing is known about Redis itself.",
        next="Check DNS (step 7), and whether other names resolve.",
    ),
    Kind.NAME_SERVER_SILENT: Meaning(
        says="cannot be looked up: DNS does not answer",
        meaning="The name server is silent; nothing is known about Redis itself.",
        next="Check DNS (step 7), and whether other names resolve.",
    ),
    Kind.REFUSED: Meaning(
        says="refuses connections",
        meaning="The server process or its port is down or a firewall rejects. The network answers.",
        next="Is the provider healthy (step 4)? Then start or restart Redis.",
    ),
    Kind.NO_ROUTE: Meaning(
        says="cannot be reached: there is no route to it",
        meaning="The network says so at once; nothing is known about Redis itself.",
        next="Check the network and the firewall (step 7).",
    ),
    Kind.BLACK_HOLE: Meaning(
        says="does not take connections",
        meaning="Nobody said no: the attempt to connect went unanswered.",
        could_be=("a firewall that drops", "the host is down", "the server is too busy to accept"),
        next="Check the firewall and the host (step 7), and the provider (step 4).",
    ),
    Kind.SOCKET_MISSING: Meaning(
        says="has no socket",
        meaning="The Unix socket's file is not there: the server is down or keeps it elsewhere.",
        next="Start Redis, or correct the path in its address.",
    ),
    Kind.SOCKET_FORBIDDEN: Meaning(
        says="has a socket that Pong may not open",
        meaning="The file's permissions keep Pong out; nothing is known about Redis itself.",
        next="Let Pong's user into the socket's group.",
    ),
    Kind.OWN_TLS_FILES: Meaning(
        says="was not asked: Pong's own TLS files cannot be used",
        meaning="The fault is in Pong's settings; nothing is known about Redis itself.",
        next="Correct the certificate files that the target's address names.",
    ),
    Kind.TLS_TO_PLAIN: Meaning(
        says="speaks without TLS on this port",
        meaning="A Redis answers there, but in plain: the address says rediss://.",
        next="Use redis:// for this port, or the port that has TLS.",
    ),
    Kind.PLAIN_TO_TLS: Meaning(
        says="wants TLS on this port",
        meaning="The port speaks TLS, and the address says redis://.",
        next="Use rediss:// in the target's address.",
    ),
    Kind.TLS_STALLED: Meaning(
        says="takes connections but does not answer TLS",
        meaning="The kernel accepts for a process that does not speak.",
        could_be=(
            "the process is frozen",
            "something that is not TLS listens there",
            "a proxy without its Redis",
        ),
        next="Look at the host and the process (step 5).",
    ),
    Kind.TLS_FAILED: Meaning(
        says="breaks off the TLS handshake",
        meaning="The port is open; the two sides do not agree on TLS.",
        could_be=("too many clients", "it wants a client certificate", "ciphers that do not match"),
        next="Read the server's log for the reason.",
    ),
    Kind.TLS_VERSION: Meaning(
        says="speaks another version of TLS",
        meaning="The two sides share no version of TLS: a matter of configuration.",
        next="Set tls-protocols on the server to TLSv1.2 or later.",
    ),
    Kind.CERTIFICATE: Meaning(
        says="shows a certificate that is not trusted",
        meaning="Expired, another name, or an authority Pong does not know. No password was sent.",
        next="Renew the certificate, or correct the name or the CA file in the address.",
    ),
    Kind.CERTIFICATE_NEEDED: Meaning(
        says="wants a client certificate",
        meaning="TLS is fine; the server asks Pong for a certificate that it does not have.",
        next="Add ssl_certfile and ssl_keyfile to the target's address.",
    ),
    Kind.NOT_REDIS: Meaning(
        says="is not a Redis on this port",
        meaning="Something else listens there: the port is wrong, or another service took it.",
        next="Correct the port in the target's address (step 7).",
    ),
    Kind.TOO_MANY_CLIENTS: Meaning(
        says="turns clients away: all of maxclients are taken",
        meaning="The server runs; somebody keeps too many connections open (a connection leak).",
        next="Restart the application that leaks connections (step 8).",
    ),
    Kind.PROTECTED_MODE: Meaning(
        says="is in protected mode",
        meaning="It has no password and serves only its own host: a matter of configuration.",
        next="Set a password (or an ACL) and bind on the server.",
    ),
    Kind.CREDENTIALS_MISSING: Meaning(
        says="asks for a password that Pong does not have",
        meaning="The server runs; the address in Pong's settings has no password.",
        next="Put the user and password into the target's address (step 11).",
    ),
    Kind.CREDENTIALS_WRONG: Meaning(
        says="refuses Pong's user or password",
        meaning="The server runs. The password was changed, or the user is off.",
        next="Correct Pong's password in REDIS_URL, or what its url_env names (step 11); "
        "/redis restart and fallback work without it.",
    ),
    Kind.OPEN_TO_ALL: Meaning(
        says="answers, but asks nobody for a password",
        meaning="Pong has a password and the server has none: whoever reaches the port may do everything.",
        next="Set the password again on the server (step 11).",
        is_reachable=True,
    ),
    Kind.NO_PERMISSION: Meaning(
        says="answers, but does not let Pong look",
        meaning="Pong's own user lacks a permission; beyond that nothing is known about Redis.",
        next="Give Pong's user +ping +info +scan (-@dangerous after +info takes INFO away).",
        is_reachable=True,
    ),
    Kind.WRONG_DATABASE: Meaning(
        says="answers, but does not have this database",
        meaning="The server runs; the number of the database in the target's address is too high.",
        next="Correct the number at the end of the target's address.",
        is_reachable=True,
    ),
    Kind.FROZEN: Meaning(
        says="accepts connections but does not answer",
        meaning="The way there is fine: the kernel accepts for a process that does not speak.",
        could_be=("the process is frozen", "a long command or CLIENT PAUSE", "a proxy without its Redis"),
        next="Look at the host and the process (step 5); "
        "meanwhile /redis fallback on, or /redis restart redis.",
    ),
    Kind.CLOSED: Meaning(
        says="closes the connection",
        meaning="It accepted, then hung up without an answer.",
        could_be=("it was just restarted or killed", "the user was deleted", "a proxy without its Redis"),
        next="Ping again",
        verb="ping",
    ),
    Kind.LOADING: Meaning(
        says="is loading its data",
        meaning="It was restarted and reads its snapshot. Do not restart it: that begins anew.",
        next="Ping again",
        verb="ping",
        is_reachable=True,
    ),
    Kind.REPLICA_CUT_OFF: Meaning(
        says="is a replica that lost its primary",
        meaning="It refuses to serve stale data until the primary is back.",
        next="Look at the primary and at the network between them.",
        is_reachable=True,
    ),
    Kind.READ_ONLY: Meaning(
        says="answers, but is a read-only replica: writes fail",
        meaning="This is the wrong node, or there was a failover.",
        next="Point the application and this target at the primary.",
        is_reachable=True,
    ),
    Kind.FULL: Meaning(
        says="is full: writes fail",
        meaning="The memory limit is reached and nothing can be evicted. Reads and deletions still work.",
        next="Clear cache…",
        verb="clear",
        is_reachable=True,
    ),
    Kind.WRITES_STOPPED: Meaning(
        says="refuses writes: it cannot save to its disk",
        meaning="A snapshot failed, so the server refuses writes, PING and deletions. Reads still work.",
        next="Look at the server's disk (full, or not writable) and its log.",
        is_reachable=True,
    ),
    Kind.BUSY: Meaning(
        says="is busy with a script",
        meaning="A Lua script or function runs for too long; all others wait.",
        next="End the script…",
        verb="kill",
        is_reachable=True,
    ),
    Kind.QUOTA_USED_UP: Meaning(
        says="refuses: the plan's requests are used up",
        meaning="The provider counts requests, and this plan has none left. The data is there.",
        next="Change the plan at the provider (step 10), or wait for the quota to begin anew.",
        is_reachable=True,
    ),
    Kind.OWN_POOL_FULL: Meaning(
        says="was not asked: Pong's own connections are all in use",
        meaning="The fault is Pong's; nothing is known about Redis itself.",
        next="Ping again",
        verb="ping",
    ),
    Kind.ERROR: Meaning(
        says="answers with an error",
        meaning="It speaks as a Redis does, but did not do what it was asked.",
        could_be=("a proxy without its Redis", "a server that does not support the command"),
        next="Read the error and the server's log.",
        is_reachable=True,
    ),
    Kind.UNKNOWN: Meaning(
        says="failed in a way that Pong does not know",
        meaning="Nothing is known about Redis itself.",
        could_be=("a fault in Pong", "a fault on the way there"),
        next="Ping again",
        verb="ping",
    ),
    **OF_GROUPS,
}


def outcome(kind: Kind, target: str, *, seen: str = "") -> Outcome:
    """The Outcome of `kind` for `target`, still without its stages and times."""
    words = MEANINGS[kind]
    return Outcome(
        target=target,
        kind=kind,
        says=words.says,
        meaning=words.meaning,
        next_step=NextStep(label=words.next, verb=words.verb, ref=target if words.verb else ""),
        is_reachable=words.is_reachable,
        is_healthy=words.is_healthy,
        seen=seen,
        could_be=words.could_be,
    )
