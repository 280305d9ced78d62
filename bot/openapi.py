"""How is Pong spoken to over HTTP? OpenAPI 3.1, of those routes that this Pong has.

https://spec.openapis.org/oas/v3.1.1
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from bot.alerts.alert import AlertSource
from bot.catalog import ALERT_SOURCES

VERSION = "0.1.0"
DESCRIPTION = "/openapi.json"
SLACK_SIGNS: dict[str, Any] = {
    "slackSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Slack-Signature",
        "description": "`v0=` and the HMAC-SHA256 (hex) of `v0:timestamp:body` by Slack's signing secret.",
    },
    "slackTimestamp": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Slack-Request-Timestamp",
        "description": "When it was signed, in seconds since 1970: at most 5 minutes ago.",
    },
}
_DETAIL = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
_READINESS = {
    "type": "object",
    "required": ["store", "slack_answered_ms"],
    "properties": {
        "store": {"type": "string", "description": "`writable`, or why it takes no writes."},
        "slack_answered_ms": {
            "type": ["integer", "null"],
            "description": "When Slack last answered, ms since 1970.",
        },
        "outbox": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "Messages by state.",
        },
    },
}


def describe(paths: Iterable[str]) -> dict[str, Any]:
    """The description of the routes at `paths`. Raises KeyError for a route that is not described here."""
    served = list(paths)
    sources = {source.path: source for source in ALERT_SOURCES.values() if source.path in served}
    schemas, definitions = models_json_schema(
        [(source.body, "validation") for source in sources.values()],
        ref_template="#/components/schemas/{model}",
    )
    bodies = {path: schemas[source.body, "validation"] for path, source in sources.items()}
    webhooks = {path: {"post": _webhook(source, bodies[path])} for path, source in sources.items()}
    operations = _OTHERS | webhooks
    schemes = {name: scheme for source in sources.values() for name, scheme in source.schemes.items()}
    return {
        "openapi": "3.1.1",
        "info": {"title": "Pong", "version": VERSION, "description": "What comes in over HTTP."},
        "paths": {path: operations[path] for path in served},
        "components": {
            "schemas": definitions.get("$defs", {}) | {"Detail": _DETAIL, "Readiness": _READINESS},
            "securitySchemes": schemes | (SLACK_SIGNS if "/slack/events" in served else {}),
        },
    }


def _webhook(source: AlertSource, body: Mapping[str, Any]) -> dict[str, Any]:
    most = f"{source.body_most_bytes >> 20} MiB"
    return {
        "operationId": source.name,
        "summary": f"Alerts of {source.title}.",
        "security": [{name: []} for name in source.schemes],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "202": _says(
                "Kept; it is worked soon. A repeat of what was kept gets this too, and changes nothing. "
                "Alerts of a group that cannot be read are named in `detail`; the others count."
            ),
            "401": _says(f"{source.refusal} Nothing was kept."),
            "413": _says(f"The body is over {most}. Nothing was kept; the same body will get this again."),
            "422": _says("Not understood: `detail` says what is wrong. The same body will get this again."),
            "503": _says("It cannot be kept now: send it again."),
        },
    }


def _says(meaning: str, schema: str = "Detail") -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": meaning, "content": {"application/json": {"schema": reference}}}


def _asks(operation: str, summary: str, responses: Mapping[str, Any]) -> dict[str, Any]:
    return {"get": {"operationId": operation, "summary": summary, "responses": responses}}


def _is(meaning: str, media_type: str = "text/plain", kind: str = "string") -> dict[str, Any]:
    return {"description": meaning, "content": {media_type: {"schema": {"type": kind}}}}


_SLACK = {
    "operationId": "slack",
    "summary": "What people do in Slack: commands, clicks, submissions, events.",
    "security": [{name: [] for name in SLACK_SIGNS}],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
            "application/json": {"schema": {"type": "object"}},
        },
    },
    "responses": {
        "200": {"description": "Kept, or nothing that asks for anything; what Slack shows at once, if any."},
        "401": _says("The signature is wrong, missing or old, or the body is over 1 MiB. Nothing was kept."),
        "400": _says("Signed, and no request of Slack's. Nothing was kept."),
        "404": {"description": "Nothing that Pong listens to. Nothing was kept."},
        "503": _says("It cannot be kept now: Slack tells the person, and sends an event again."),
    },
}
_OTHERS: dict[str, Any] = {
    "/slack/events": {"post": _SLACK},
    "/healthz": _asks("alive", "Does the process live?", {"200": _is("It does.")}),
    "/readyz": _asks(
        "ready",
        "Can what comes in be kept?",
        {
            "200": _says("It can.", "Readiness"),
            "503": _says("It cannot: the store takes no writes.", "Readiness"),
        },
    ),
    "/metrics": _asks("metrics", "What Prometheus scrapes.", {"200": _is("Pong's own figures.")}),
    DESCRIPTION: _asks(
        "describe", "This description.", {"200": _is("OpenAPI 3.1.", "application/json", "object")}
    ),
}
