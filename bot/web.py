"""What comes in over HTTP? Webhooks, Slack's requests, and those who ask how Pong is.

Alertmanager drops an alert for good on any 4xx, 429 included, and tries again on a 5xx: so what cannot be
kept now is a 503. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import contextlib
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.alerts.alert import Alert, AlertSource, Sent, Unread
from bot.alerts.proof import is_recent
from bot.catalog import ALERT_SOURCES
from bot.errors import BadInput, StoreBusy
from bot.health import is_ready
from bot.metrics import Metrics
from bot.openapi import DESCRIPTION, describe
from bot.pong import Pong
from bot.slack.app import NO_REQUEST, UNREADABLE
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import first_few
from bot.thread import Place, say

SLACK_BODY_MOST_BYTES = 1024 * 1024
Handler = Callable[[Request], Awaitable[Response]]

log = logging.getLogger(__name__)


def build(pong: Pong, metrics: Metrics, bolt: AsyncApp | None) -> Starlette:
    """The HTTP application. A webhook whose secret is not set has no route; neither has Slack over HTTP
    without `bolt`."""
    routes = [
        Route(source.path, _webhook(pong, metrics, source, secret), methods=["POST"])
        for source in ALERT_SOURCES.values()
        if (secret := pong.settings.secret(source.secret))
    ]
    routes += [
        Route("/healthz", _alive),
        Route("/readyz", _ready(pong)),
        Route("/metrics", _scraped(pong, metrics)),
    ]
    if bolt and (secret := pong.settings.secret("SLACK_SIGNING_SECRET")):
        routes.append(Route("/slack/events", _slack(pong, bolt, secret), methods=["POST"]))
    described = describe([*(route.path for route in routes), DESCRIPTION])
    routes.append(Route(DESCRIPTION, _described(described)))
    return Starlette(routes=routes, exception_handlers={ClientDisconnect: _gone})


def _webhook(pong: Pong, metrics: Metrics, source: AlertSource, secret: str) -> Handler:
    async def receive(request: Request) -> Response:
        now_ms = pong.clock.now_ms()
        sent = Sent(headers=request.headers, secret=secret, settings=pong.settings, now_ms=now_ms)
        if not source.signs_body and not source.proves(sent):
            return _answer(metrics, source, 401, source.refusal)
        body = await _bounded(request, source.body_most_bytes)
        if source.signs_body and body is None:
            log.warning("a body from %s was over %s bytes: dropped", source.name, source.body_most_bytes)
            return _answer(metrics, source, 413, _too_large(source))  # nobody knows whose it was
        if source.signs_body and not source.proves(replace(sent, body=body or b"")):
            return _answer(metrics, source, 401, source.refusal)
        try:
            return _answer(metrics, source, *await _taken(pong, source, body))
        except StoreBusy:
            log.warning("an alert from %s could not be kept: told to come again", source.name)
            return _answer(metrics, source, 503, "Not now: send it again.")

    return receive


async def _taken(pong: Pong, source: AlertSource, body: bytes | None) -> tuple[int, str]:
    """The answer to a body; None was too large. Raises StoreBusy."""
    if body is None:
        await _say_dropped(pong, source)
        return 413, _too_large(source)
    try:
        told = source.parse(body)
    except BadInput as error:
        return 422, str(error)
    # Without a start in it, the same bytes can tell of another firing: then each alert is compared instead.
    can_recur = any(isinstance(one, Alert) and one.starts_ms is None for one in told)
    await _commit(pong, source, body, can_recur=can_recur)
    faults = [f"{why}." for one in told if isinstance(one, Unread) for _, why in one.alerts]
    return 202, f"accepted, but for {first_few(faults, between=' ')}" if faults else "accepted"


def _too_large(source: AlertSource) -> str:
    return f"The body is over {_most_mib(source)} MiB; it was not kept."


def _most_mib(source: AlertSource) -> int:
    return source.body_most_bytes >> 20


async def _bounded(request: Request, most_bytes: int) -> bytes | None:
    """The body, or None when it is too large; it is read to its end so that the sender hears the answer."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most_bytes:
            parts.append(part)
    return b"".join(parts) if size <= most_bytes else None


async def _commit(pong: Pong, source: AlertSource, body: bytes, *, can_recur: bool) -> None:
    at_ms = pong.clock.now_ms()
    key = source.key(body) or hashlib.sha256(body).hexdigest() + (f":{at_ms}" if can_recur else "")

    async def accept(records: Records) -> None:
        text = body.decode(errors="replace")
        await records.inbox.accept(source.name, key, text, at_ms=at_ms, tells_again=source.tells_again)

    await pong.store.write(accept)


async def _say_dropped(pong: Pong, source: AlertSource) -> None:
    hour = pong.clock.now_ms() // 3_600_000
    also = f", and {source.limited_by}" if source.limited_by else ""
    line = (
        f"🔴 {source.title} sent a body over {_most_mib(source)} MiB, which Pong cannot take; "
        f"those alerts are lost. Look at {source.title} itself{also}."
    )
    name = f"dropped:{source.name}:{hour}"
    await pong.store.write(
        lambda records: say(records, pong, Place(pong.lane), name, said(line), klass=Class.URGENT)
    )


def _answer(metrics: Metrics, source: AlertSource, status: int, detail: str) -> Response:
    metrics.webhooks.labels(source=source.name, status=str(status)).inc()
    return JSONResponse({"detail": detail}, status_code=status)


def _slack(pong: Pong, bolt: AsyncApp, secret: str) -> Handler:
    async def receive(request: Request) -> Response:
        # Bolt reads the body before it looks at the signature, and fails at a body that is no JSON, at a
        # timestamp that is no number and at a signature that is not ASCII: so we look first.
        body = await _bounded(request, SLACK_BODY_MOST_BYTES)
        if body is None or not _is_signed(pong, request, body, secret):
            return JSONResponse({"detail": "The signature is wrong or missing."}, status_code=401)
        try:
            return to_starlette_response(await bolt.async_dispatch(to_async_bolt_request(request, body)))
        except UNREADABLE:  # before any of our doors
            return JSONResponse({"detail": NO_REQUEST}, status_code=400)

    return receive


def _is_signed(pong: Pong, request: Request, body: bytes, secret: str) -> bool:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not is_recent(timestamp, now_ms=pong.clock.now_ms()):
        return False
    signed = hmac.new(secret.encode(), b"v0:%s:%s" % (timestamp.encode(), body), hashlib.sha256)
    return hmac.compare_digest(signature.encode(), f"v0={signed.hexdigest()}".encode())


async def _gone(request: Request, error: Exception) -> Response:
    """Who asked hung up: nobody reads this."""
    return Response(status_code=499)


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


def _described(described: dict[str, Any]) -> Handler:
    async def answer(request: Request) -> Response:
        return JSONResponse(described)

    return answer


def _ready(pong: Pong) -> Handler:
    async def answer(request: Request) -> Response:
        ready, facts = await is_ready(pong)
        return JSONResponse(facts, status_code=200 if ready else 503)

    return answer


def _scraped(pong: Pong, metrics: Metrics) -> Handler:
    async def answer(request: Request) -> Response:
        with contextlib.suppress(StoreBusy):  # the counters stand by themselves
            await metrics.refresh(pong)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return answer
