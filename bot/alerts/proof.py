"""Does a request come from whoever knows the secret? What the senders' proofs have in common."""

import base64
import hashlib
import hmac
import re

from bot.alerts.alert import Sent

SIGNATURE_LIVES_S = 300


def bearer(sent: Sent) -> bool:
    """A bearer token, or basic auth with it as the password."""
    scheme, _, credentials = sent.headers.get("authorization", "").partition(" ")
    given = credentials.strip().encode("latin-1")  # the bytes that were sent: Starlette reads them so
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except ValueError:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given, sent.secret.encode())


def signature(secret: str, signed: bytes) -> str:
    """HMAC-SHA256, hex."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_same(given: str, wanted: str) -> bool:
    """Compared in constant time, and as bytes: a header can hold anything."""
    return hmac.compare_digest(given.encode("latin-1", "replace"), wanted.encode())


def is_recent(timestamp: str, *, now_ms: int) -> bool:
    """Whether `timestamp`, in whole seconds since 1970, is at most 5 minutes away."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    return abs(now_ms // 1000 - int(timestamp)) <= SIGNATURE_LIVES_S
