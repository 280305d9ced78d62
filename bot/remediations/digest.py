"""Which bytes of a plan do people approve, and how is it kept?

https://csrc.nist.gov/pubs/fips/180-4/upd1/final (SHA-256)
"""

import hashlib
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import BadInput
from bot.remediations.plan import Plan, Preview

T = TypeVar("T")


def canonical(value: object) -> bytes:
    """The one way to write `value`: the same bytes for the same facts, whatever their order in a mapping."""
    plain = _whole(TypeAdapter(type(value)).dump_python(value, mode="json"))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest(plan: Plan, preview: Preview, *, incident_id: int, runbook_hash: str, policy: object) -> str:
    """What an approval binds (sha256, hex). The resolved address is bound as `plan.address`."""
    bound = {
        "plan": canonical(plan).decode(),
        "preview": canonical(preview).decode(),
        "incident": str(incident_id),
        "runbook": runbook_hash,
        "policy": canonical(policy).decode(),
    }
    return hashlib.sha256(canonical(bound)).hexdigest()


def to_json(value: object) -> str:
    """A plan, a preview, or another frozen value as the store keeps it."""
    return canonical(value).decode("ascii")


def from_json(kind: type[T], text: str) -> T:
    """What `to_json` wrote, without loss. Raises BadInput when it is not a whole `kind`."""
    try:
        value = TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        faults = error.error_count()
        raise BadInput(f"What is kept is not a whole {kind.__name__}: {faults} fault(s).") from None
    return value


def _whole(value: Any) -> Any:
    # 97 and 97.0 are the same figure, and JSON keeps them apart: a kept plan has to digest as it did.
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
