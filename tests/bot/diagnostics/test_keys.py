"""Is the biggest class of keys found by a bounded sample, and is no key ever shown?"""

import json

from bot.config.tables import ThresholdsTable
from bot.diagnostics.keys import judge, read
from bot.diagnostics.samples import Samples
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_server import RedisServer

SECRETS = ("maria@example.com", "4111111111111111", "eyJhbGciOi")


async def figures(server: RedisServer) -> dict[str, object]:
    async with reading(parse(server.url())) as redis:
        subject = RecordedSubject(Samples({}, {}))
        subject.redis = redis
        return await read(subject)


async def test_classes_share_the_memory_about_right(start_server: StartServer) -> None:
    server = start_server()
    server.fill("cache", value_bytes=1000, keys_most=3000)
    server.fill("session", value_bytes=100, keys_most=3000)
    measured = await figures(server)
    held = measured["shares"]
    assert isinstance(held, dict)
    assert list(held) == ["cache", "session"]
    assert 0.75 < held["cache"] < 0.95  # 1,080 of 1,270 bytes a pair
    assert measured["sampled"] == 6000


async def test_no_key_and_no_secret_is_shown(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        for secret in SECRETS:
            client.set(f"{secret}:cart", "x")
            client.set(f"session:{secret}", "x")
            client.set(secret, "x")
        for number in range(100):
            client.set(f"cache:{number}", "x" * 100)
    found = judge(await figures(server), ThresholdsTable())
    told = json.dumps([(one.title, one.figure, one.figures) for one in found])
    assert not [secret for secret in SECRETS if secret in told]
    assert "cache" in told


async def test_an_empty_database_is_said_to_be(start_server: StartServer) -> None:
    (finding,) = judge(await figures(start_server()), ThresholdsTable())
    assert finding.title == "The database is empty"
