"""Does Socket Mode behave as Slack's: tickets once, any connection, disconnect on demand?"""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import local_client


async def link(base_url: str) -> dict[str, Any]:
    headers = {"authorization": "Bearer xapp-1-local-pong"}
    async with local_client() as client:
        return dict((await client.post(f"{base_url}/api/apps.connections.open", headers=headers)).json())


async def connected(base_url: str) -> ClientConnection:
    socket = await connect((await link(base_url))["url"], proxy=None)
    assert json.loads(await socket.recv())["type"] == "hello"
    return socket


async def acked(socket: ClientConnection, payload: Any = None) -> dict[str, Any]:
    envelope = dict(json.loads(await socket.recv()))
    ack = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload else {})
    await socket.send(json.dumps(ack))
    return envelope


async def test_ticket_opens_one_connection_only(base_url: str) -> None:
    url = (await link(base_url))["url"]
    async with connect(url, proxy=None):
        with pytest.raises(InvalidStatus):
            await connect(url, proxy=None)


async def test_old_ticket_is_refused(base_url: str, clock: DrivenClock) -> None:
    url = (await link(base_url))["url"]
    clock.advance(31)
    with pytest.raises(InvalidStatus):
        await connect(url, proxy=None)


async def test_socket_fault_refuses_the_connection(base_url: str, slack: LocalSlack) -> None:
    slack.fail("socket", "refused", times=1)
    with pytest.raises(InvalidStatus):
        await connect((await link(base_url))["url"], proxy=None)
    await (await connected(base_url)).close()


async def test_envelopes_go_to_all_connections_in_turn(
    base_url: str, maria: Person, slack: LocalSlack
) -> None:
    sockets = [await connected(base_url), await connected(base_url)]
    await slack.connected(2)
    for socket in sockets:
        command = asyncio.create_task(maria.commands("/redis ping"))
        envelope = await acked(socket)
        assert (envelope["type"], envelope["payload"]["text"]) == ("slash_commands", "ping")
        assert await command == {"ok": True}
    for socket in sockets:
        await socket.close()


async def test_acks_payload_is_shown_to_the_person_alone(
    base_url: str, maria: Person, dev: Person, slack: LocalSlack
) -> None:
    async with await connected(base_url) as socket:
        await slack.connected()
        command = asyncio.create_task(maria.commands("/redis ping"))
        await acked(socket, {"text": "Only you see this"})
        assert await command == {"ok": True}
    assert (await maria.sees("Only you see this"))["ephemeral"]
    with pytest.raises(AssertionError, match="did not see"):
        await dev.sees("Only you see this", timeout_s=0.1)


async def test_command_without_any_connection_fails(maria: Person) -> None:
    assert await maria.commands("/redis ping") == {
        "ok": False,
        "error": '/redis failed with the error "dispatch_failed"',
    }


async def test_command_without_an_ack_times_out_after_three_seconds(
    base_url: str, maria: Person, slack: LocalSlack, clock: DrivenClock
) -> None:
    async with await connected(base_url) as socket:
        await slack.connected()
        command = asyncio.create_task(maria.commands("/redis ping"))
        await socket.recv()
        clock.advance(2.9)
        assert not command.done()
        clock.advance(0.2)
        assert await command == {"ok": False, "error": '/redis failed with the error "operation_timeout"'}


async def test_disconnect_says_why_and_closes_ten_seconds_later(
    base_url: str, slack: LocalSlack, clock: DrivenClock
) -> None:
    async with await connected(base_url) as socket:
        await slack.connected()
        await slack.disconnect("refresh_requested")
        assert json.loads(await socket.recv())["reason"] == "refresh_requested"
        assert slack.connections == 0
        await asyncio.wait_for(socket.ping(), 1)
        clock.advance(10)
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_dropped_connection_hears_nothing_first(base_url: str, slack: LocalSlack) -> None:
    async with await connected(base_url) as socket:
        await slack.connected()
        await slack.disconnect()
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_eleventh_connection_is_refused(base_url: str, slack: LocalSlack) -> None:
    sockets = [await connected(base_url) for _ in range(10)]
    await slack.connected(10)
    assert (await link(base_url))["error"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()
