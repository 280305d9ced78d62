"""Is an application's answer read within bounds, whatever it sends?"""

import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.applications.health import BODY_MOST_BYTES, Answer, ask
from bot.playground.ports import free_port
from tests.fixtures.listeners import black_hole, speaks


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def answered(status: str, body: bytes, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def answer_to(http: httpx.AsyncClient, raw: bytes) -> Answer:
    with speaks(answer=raw, hangs_up=True) as port:
        return await ask(http, f"http://127.0.0.1:{port}/api/health")


async def test_a_healthy_body_is_read(http: httpx.AsyncClient) -> None:
    body = {"status": "healthy", "checks": {"redis": "connected"}}
    answer = await answer_to(http, answered("200 OK", json.dumps(body).encode()))
    assert (answer.status_code, answer.body, answer.fault) == (200, body, "")


async def test_a_503_may_still_say_how_it_is(http: httpx.AsyncClient) -> None:
    answer = await answer_to(http, answered("503 Service Unavailable", b'{"status": "unhealthy"}'))
    assert (answer.status_code, answer.body) == (503, {"status": "unhealthy"})


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        ("404 Not Found", b"{}", "answered HTTP 404"),
        ("502 Bad Gateway", b"<html>", "answered HTTP 502"),
        ("302 Found", b"", "answered HTTP 302"),
        ("200 OK", b"<html>", "did not answer with a JSON object"),
        ("200 OK", b"[1]", "did not answer with a JSON object"),
        ("200 OK", b"", "did not answer with a JSON object"),
        ("200 OK", b"\xff\xfe", "did not answer with a JSON object"),
        ("200 OK", b"[" * 100_000, "did not answer with a JSON object"),
        ("200 OK", b" " * (BODY_MOST_BYTES + 1), "answered with more than 1 MiB"),
    ],
)
async def test_what_cannot_be_used_has_its_fault_in_words(
    http: httpx.AsyncClient, status: str, body: bytes, fault: str
) -> None:
    answer = await answer_to(http, answered(status, body))
    assert (answer.body, answer.fault) == (None, fault)


async def test_a_redirect_is_not_followed(http: httpx.AsyncClient) -> None:
    elsewhere = f"Location: http://127.0.0.1:{free_port()}/"
    assert (await answer_to(http, answered("302 Found", b"", elsewhere))).fault == "answered HTTP 302"


async def test_what_is_no_http_is_a_broken_answer(http: httpx.AsyncClient) -> None:
    assert (await answer_to(http, b"SSH-2.0-OpenSSH\r\n")).fault.startswith("broke off its answer")


async def test_nobody_there_cannot_be_reached(http: httpx.AsyncClient) -> None:
    assert (await ask(http, f"http://127.0.0.1:{free_port()}/")).fault == "cannot be reached"


async def test_an_url_that_is_none_raises_nothing(http: httpx.AsyncClient) -> None:
    assert (await ask(http, "http://[::1")).fault


async def test_silence_and_black_holes_end_within_2_s(http: httpx.AsyncClient) -> None:
    with speaks() as silent, black_hole() as hole:
        for port in (silent, hole):
            began_s = time.monotonic()
            assert (await ask(http, f"http://127.0.0.1:{port}/")).fault == "did not answer within 2 s"
            assert time.monotonic() - began_s < 3
