"""Is a secret sent as what it is sent in wants it?"""

from urllib.parse import unquote, urlsplit

import pytest

from bot.remediations.secret import NewSecret, ReadSecret

HOSTILE = "p@ss:w/o r?d#%41é"


@pytest.mark.parametrize("kind", [NewSecret, ReadSecret])
def test_in_an_address_it_is_percent_encoded(kind: type[NewSecret | ReadSecret]) -> None:
    secret = kind("password", before="rediss://default:", after="@h:1/0", is_quoted=True)
    parts = urlsplit(secret.sent(HOSTILE))
    assert (parts.hostname, parts.port, parts.path, unquote(parts.password or "")) == ("h", 1, "/0", HOSTILE)


@pytest.mark.parametrize("kind", [NewSecret, ReadSecret])
def test_in_lines_it_is_as_it_is(kind: type[NewSecret | ReadSecret]) -> None:
    secret = kind("password", before="default\n", after="\n")
    assert secret.sent(HOSTILE) == f"default\n{HOSTILE}\n"
    assert str(secret) == "default\n••••\n"
