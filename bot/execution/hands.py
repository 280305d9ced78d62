"""How is one step of a plan carried out? One effect for each kind."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from secrets import token_urlsafe

from redis.asyncio import Redis

from bot.approvals.offer import Offer
from bot.approvals.prepare import remediation_of, servers_to_change
from bot.errors import Permanent, Refused, ServiceUnavailable
from bot.execution.effects import app_variable, command, http, kill
from bot.execution.effects import redis as redis_effect
from bot.execution.effects.effect import Effect, Outcome
from bot.execution.effects.redis import remediation_client
from bot.execution.effects.sweep import Listener, Sweep, SweepResult, sweep
from bot.execution.effects.wait import Listener as Waiting
from bot.execution.effects.wait import wait
from bot.execution.running import Running
from bot.pong import Pong
from bot.providers.services import service
from bot.providers.upstash import UpstashDatabase
from bot.remediations.app_variable import AppVariable
from bot.remediations.plan import ConfiguredCommand, HttpCall, RedisCommand, RedisKill, RedisSweep, Step, Wait
from bot.remediations.secret import NewSecret, ReadSecret, SecretRef
from bot.store.protocol import Row
from bot.targets.address import Address
from bot.targets.primary import at_place, layout_of
from bot.tasks import closed
from bot.verification.held import Looker

NEW_SECRET_BYTES = 32
READ_WITHIN_S, READ_EVERY_S = 60.0, 2.0
SEEN_WITHIN_S = 12.0


class Hands:
    """Carries out the steps of one plan, one after the other; a new secret lives in here and nowhere else."""

    def __init__(self, pong: Pong, offer: Offer, running: Running) -> None:
        self._pong = pong
        self._target = pong.targets.get(offer.plan.target)
        self._running = running
        self._plan = offer.plan
        self._new: dict[str, str] = {}
        self._read: dict[str, str] = {}
        self._since_ms = pong.clock.now_ms()

    async def do(self, number: int, step: Step, kept: Row | None) -> Effect:
        """Carry out step `number`, going on where `kept` says that an engine that died had come to."""
        try:
            return await self._do(number, step, kept)
        except (Permanent, ServiceUnavailable) as error:
            # Before anything was sent: nobody told which server it is, or what the step needs is not set.
            return Effect(Outcome.NOT_SENT, str(error))

    async def _do(self, number: int, step: Step, kept: Row | None) -> Effect:
        match step:
            case RedisSweep():
                return await self._sweep(number, step, kept)
            case RedisCommand():
                async with self._client(step.at) as client:
                    return await redis_effect.run(client, step, self._reveal)
            case RedisKill():
                async with self._client(step.at) as client:
                    return await kill.run(client, step)
            case HttpCall():
                return await http.call(
                    self._pong.http, service(self._pong.settings, step.service), step, self._reveal
                )
            case AppVariable():
                return await self._variable(step)
            case ConfiguredCommand():
                return await self._command(step)
            case Wait():
                return await self.wait(number, step)

    async def saw_begin(self, number: int, step: Wait, *, shown_at: int) -> Effect:
        """Whether what step `number` waits for has begun at least, seen soon; the card shows it at
        step `shown_at`, which may have been carried out or not."""
        soon = replace(step, at_most_s=min(step.at_most_s, SEEN_WITHIN_S))
        return await self.wait(number, soon, shown_at=shown_at)

    async def wait(self, number: int, step: Wait, *, shown_at: int | None = None) -> Effect:
        """Wait for what step `number` says; the card shows it there."""

        async def shown(sees: str) -> None:
            await self._running.on_look(number if shown_at is None else shown_at, sees)

        may_stop = self._plan.may_stop_in(number)
        listener = Waiting(
            asked_to_stop=self._running.asked_to_stop if may_stop else _not_heard, on_look=shown
        )
        async with self._looking(step.at) as client:
            looker = Looker(
                target=self._target,
                clock=self._pong.clock,
                http=self._pong.http,
                redis=client,
                since_ms=self._since_ms,
                waits_since_ms=self._pong.clock.now_ms(),
            )
            return await wait(step, looker, listener, for_its_begin=shown_at is not None)

    async def _sweep(self, number: int, step: RedisSweep, kept: Row | None) -> Effect:
        """Every server that holds a part of the keys, one after the other."""
        begun = {"cursor": 0, "deleted": 0, "server": "", "run_id": None}
        before = begun | (json.loads(kept["cursor"]) if kept and kept["cursor"] else {})
        deleted, results = before["deleted"], []
        layout = await layout_of(remediation_of(self._target))
        for server in await servers_to_change(self._target):
            # Where an engine that died had come to; those before it were seen whole.
            if before["server"] and str(server) != before["server"]:
                continue
            self._running.begin(number, deleted_before=deleted, server=str(server))
            result = await self._sweep_of(server, step, before["cursor"], before["run_id"])
            results.append(result)
            deleted, before = deleted + result.deleted, begun
            if result.stopped_because:
                break
        if results and not results[-1].stopped_because:
            moved = await self._moved_since(layout)
            results[-1] = replace(results[-1], stopped_because=moved)
        return _swept(results, deleted=deleted, is_resumed=kept is not None)

    async def _moved_since(self, layout: str) -> str | None:
        """Keys that changed their server meanwhile were perhaps not seen on either."""
        try:
            now = await layout_of(remediation_of(self._target))
        except ServiceUnavailable as error:
            return f"whether every key was seen is not known: {error}"
        return None if now == layout else "which server holds which keys changed meanwhile"

    async def _sweep_of(
        self, server: Address, step: RedisSweep, cursor: int, run_id: str | None
    ) -> SweepResult:
        listener = Listener(asked_to_stop=self._running.asked_to_stop, on_progress=self._running.on_progress)
        work = Sweep(
            prefix=step.prefix.encode(), cursor=cursor, run_id=run_id, count=step.count, gentle=step.gentle
        )
        async with _client_of(server) as client, _client_of(server) as canary:
            return await sweep(client, canary, work, clock=self._pong.clock, listener=listener)

    @asynccontextmanager
    async def _client(self, at: str = "") -> AsyncIterator[Redis]:
        """The one server that takes changes, or `at` a replica of it or a Sentinel."""
        async with _client_of(await self._address(at)) as client:
            yield client

    async def _address(self, at: str) -> Address:
        if at:
            return at_place(remediation_of(self._target), at)
        [primary, *others] = await servers_to_change(self._target)
        if others:
            raise Refused(f"{self._target.name} is several servers by now: ask again.")
        return primary

    @asynccontextmanager
    async def _looking(self, at: str) -> AsyncIterator[Redis | None]:
        """The same, where there is one: some plans change no Redis."""
        try:
            address = await self._address(at)
        except (Refused, ServiceUnavailable):
            yield None
            return
        async with _client_of(address) as client:
            yield client

    async def _variable(self, step: AppVariable) -> Effect:
        app = self._target.app_by_id(step.app_id)
        if app is None:
            raise Refused(
                f"{self._target.name} has no app {step.app_id} at DigitalOcean in pong.toml any more."
            )
        # The secret first: to read it may take a while, and the spec has to be read right before it is sent.
        value = step.value if isinstance(step.value, str) else await self._given(step.value)
        there, clock = service(self._pong.settings, "DigitalOcean"), self._pong.clock
        end_s = clock.monotonic_s() + READ_WITHIN_S
        while True:
            effect = await app_variable.change(self._pong.http, there, app=app, step=step, value=value)
            # What was not sent can be tried again; meanwhile the application may be without Redis.
            if effect.outcome is not Outcome.NOT_SENT or clock.monotonic_s() >= end_s:
                return effect
            await clock.sleep(READ_EVERY_S)

    async def _command(self, step: ConfiguredCommand) -> Effect:
        try:
            given = await self._given(step.secret) if step.secret else None
        except ServiceUnavailable as error:
            return Effect(Outcome.NOT_SENT, str(error))
        inherited, stop = self._pong.settings.inherited, self._running.asked_to_stop
        return await command.run(step, environment=inherited, given=given, on_wait=stop)

    async def _given(self, secret: NewSecret | ReadSecret) -> str:
        """What is handed over. Raises ServiceUnavailable where the provider does not tell it."""
        if isinstance(secret, NewSecret):
            return self._reveal(secret)
        if secret.name not in self._read:
            self._read[secret.name] = await self._at_provider()
        return secret.sent(self._read[secret.name])

    async def _at_provider(self) -> str:
        """Asked for a while: until it is told, the applications are without Redis."""
        database, clock = self._target.database, self._pong.clock
        if not isinstance(database, UpstashDatabase):
            raise Refused(f"{self._target.name} has no database at Upstash in pong.toml any more.")
        end_s = clock.monotonic_s() + READ_WITHIN_S
        while isinstance(credential := await database.credential(self._pong.http), str):
            if clock.monotonic_s() >= end_s:
                raise ServiceUnavailable(f"the new password is not known: {credential}")
            await clock.sleep(READ_EVERY_S)
        return credential.password.get_secret_value()

    def _reveal(self, secret: SecretRef | NewSecret) -> str:
        if isinstance(secret, NewSecret):
            made = self._new.setdefault(secret.name, token_urlsafe(NEW_SECRET_BYTES))
            return secret.sent(made)
        if value := self._pong.settings.secret(secret.name):
            return value
        raise Refused(f"{secret.name} is not set, so the plan cannot go on.")


async def _not_heard() -> bool:
    """In place of Stop, where to stop would leave somebody worse off than to go on."""
    return False


@asynccontextmanager
async def _client_of(address: Address) -> AsyncIterator[Redis]:
    client = remediation_client(address)
    try:
        yield client
    finally:
        await closed(client)


def _swept(results: Sequence[SweepResult], *, deleted: int, is_resumed: bool) -> Effect:
    """What became of all servers, as the card and the report have it."""
    if not results:
        return Effect(Outcome.FAILED, "where it stopped is no server that takes changes any more")
    freed = [result.freed_bytes for result in results]
    last = results[-1]
    facts = {
        "deleted": deleted,
        # What an engine that died had freed, and how long that took, was not measured.
        "freed_bytes": None if is_resumed or None in freed else sum(one or 0 for one in freed),
        "took_ms": None if is_resumed else sum(result.took_ms for result in results),
        "stopped_because": last.stopped_because,
        "cursor": last.cursor,
        "canary_p99_ms": max(result.canary_p99_ms for result in results),
        "is_resumed": is_resumed,
    }
    outcome = Outcome.FAILED if last.stopped_because else Outcome.DONE
    return Effect(outcome, last.stopped_because or "every key was seen", facts)
