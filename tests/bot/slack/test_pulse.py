"""Since when could people have pressed something that reaches Pong?"""

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import DrivenClock
from bot.outbox.sender import Sender
from bot.slack.pulse import SlackPulse
from bot.slack.socket import Socket
from tests.fixtures.small_pong import SmallPong


async def test_by_http_since_pong_began_and_by_socket_since_it_is_connected(small: SmallPong) -> None:
    clock = DrivenClock()
    began_ms = clock.now_ms()
    client = AsyncWebClient("xoxb-1", base_url="http://127.0.0.1:1/api/", retry_handlers=[])

    async def failed(*_: object) -> None: ...

    pulse = SlackPulse(Sender(small.pong.store, client, clock, owner="x", on_failed=failed), client, clock)
    clock.advance(60)
    assert pulse.hears_since_ms == began_ms
    socket = Socket(AsyncApp(token="xoxb-1"), app_token="xapp-1", api_url="http://127.0.0.1:1/", clock=clock)
    pulse.listens_by(socket)
    assert pulse.hears_since_ms is None
    socket.connected_since_ms = clock.now_ms()
    assert pulse.hears_since_ms == began_ms + 60_000
    assert not await pulse.ask()
