"""Does each of libpq's messages have its meaning, and is nothing but the sign shown of it?"""

import pytest

from bot.postgres.meanings import MEANINGS, SIGNS, kind_of, outcome, sign_in
from bot.targets.outcome import Kind

AT = 'connection failed: connection to server at "10.0.0.5", port 5432 failed: '


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('FATAL:  password authentication failed for user "ann"', Kind.CREDENTIALS_WRONG),
        ('FATAL:  role "ann" does not exist', Kind.CREDENTIALS_WRONG),
        ("fe_sendauth: no password supplied", Kind.CREDENTIALS_MISSING),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "ann", no encryption', Kind.NO_PERMISSION),
        ("FATAL:  sorry, too many clients already", Kind.TOO_MANY_CLIENTS),
        ("FATAL:  remaining connection slots are reserved for roles with SUPERUSER", Kind.TOO_MANY_CLIENTS),
        ('FATAL:  too many connections for role "ann"', Kind.TOO_MANY_CLIENTS),
        ('FATAL:  database "orders" does not exist', Kind.WRONG_DATABASE),
        ("FATAL:  the database system is starting up", Kind.LOADING),
        ("FATAL:  the database system is in recovery mode", Kind.LOADING),
        ("FATAL:  the database system is shutting down", Kind.CLOSED),
        ("server does not support SSL, but SSL was required", Kind.TLS_TO_PLAIN),
        ("SSL error: certificate verify failed", Kind.CERTIFICATE),
        ('server certificate for "x" does not match host name "y"', Kind.CERTIFICATE),
        ('root certificate file "/x" does not exist', Kind.OWN_TLS_FILES),
        ("SSL error: wrong version number", Kind.TLS_FAILED),
        ("Connection refused", Kind.REFUSED),
        ("No route to host", Kind.NO_ROUTE),
        ("server closed the connection unexpectedly", Kind.CLOSED),
        ("FATAL:  autenticación fallida para «ann»", Kind.ERROR),
    ],
)
def test_a_message_is_a_sign(said: str, kind: Kind) -> None:
    assert kind_of(AT + said) is kind
    assert "ann" not in sign_in(AT + said)
    assert "10.0.0" not in sign_in(AT + said)


def test_every_sign_has_words_with_a_next_step_and_none_speaks_of_redis() -> None:
    assert {kind for _, kind in SIGNS} <= MEANINGS.keys()
    for kind in MEANINGS:
        ended = outcome(kind, "orders")
        assert ended.says
        assert ended.next_step.label
        assert "redis" not in str(MEANINGS[kind]).lower()
    assert [kind for kind, meaning in MEANINGS.items() if meaning.is_healthy] == [Kind.HEALTHY]
