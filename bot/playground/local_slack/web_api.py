"""What happens when a bot calls /api/METHOD?

https://docs.slack.dev/apis/web-api
"""

import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.playground.local_slack.arguments import arguments_of
from bot.playground.local_slack.failing import UNSENT, answered, too_many
from bot.playground.local_slack.faults import Faults
from bot.playground.local_slack.methods import ENDED, METHODS, Call, Method
from bot.playground.local_slack.rates import Rates
from bot.playground.local_slack.refusal import Json, RateLimited, SlackRefusal
from bot.playground.local_slack.traffic import Traffic
from bot.playground.local_slack.workspace import Workspace

CALLS_KEPT = 20_000
DROPPED = 0  # the status of a call whose connection was closed without an answer


class WebApi:
    """Every method passes here: token, scope, rate, faults, the record of calls."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        rates: Rates,
        faults: Faults,
        traffic: Traffic,
        new_link: Callable[[str], str],
    ) -> None:
        self._traffic = traffic
        self.calls: deque[Json] = deque(maxlen=CALLS_KEPT)
        self._workspace = workspace
        self._rates = rates
        self._faults = faults
        self._new_link = new_link

    async def endpoint(self, request: Request) -> Response:
        record = self._record(request)
        await self._note_arguments(request, record)
        fault = self._faults.pick(record["method"])
        response = await answered(request, self._answer, fault=fault, clock=self._workspace.clock)
        if response is not None:
            record |= {"status": response.status_code, "answer": _readable(response)}
        self._traffic.note(
            "pong", record["method"], sent=record["args"], status=record["status"], answer=record["answer"]
        )
        return response or UNSENT

    def _record(self, request: Request) -> Json:
        record: Json = {"at_ms": self._workspace.clock.now_ms(), "method": request.path_params["method"]}
        record |= {"args": {}, "status": DROPPED, "answer": None}
        self.calls.append(record)
        return record

    async def _note_arguments(self, request: Request, record: Json) -> None:
        with suppress(SlackRefusal):
            record["args"] = _without_token(await arguments_of(request))

    async def _answer(self, request: Request) -> Response:
        try:
            answer = {"ok": True} | self._do(request, await arguments_of(request))
        except SlackRefusal as refusal:
            answer = refusal.answer()
        except RateLimited as limit:
            return too_many(limit.retry_after_s)
        return JSONResponse(
            answer, headers={"x-oauth-scopes": ",".join(sorted(self._workspace.world.app.scopes))}
        )

    def _do(self, request: Request, arguments: Json) -> Json:
        name = request.path_params["method"]
        method = METHODS.get(name)
        if name in ENDED:
            raise SlackRefusal("method_deprecated")
        if method is None:
            raise SlackRefusal("unknown_method", req_method=name)
        if name != "api.test":
            self._check_token(_token(request, arguments), method)
        self._rates.take(name, str(arguments.get("channel")), calls_a_minute=method.calls_a_minute)
        base_url = str(request.base_url).rstrip("/")
        call = Call(
            workspace=self._workspace,
            arguments=_without_token(arguments),
            base_url=base_url,
            new_link=lambda: self._new_link(base_url),
        )
        return method.answer(call)

    def _check_token(self, token: str, method: Method) -> None:
        app = self._workspace.world.app
        if not token:
            raise SlackRefusal("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackRefusal("invalid_auth")
        if (token == app.app_token) != method.needs_app_token:
            raise SlackRefusal("not_allowed_token_type")
        if method.scope and method.scope not in app.scopes:
            raise SlackRefusal("missing_scope", needed=method.scope, provided=",".join(sorted(app.scopes)))


def _readable(response: Response) -> Any:
    body = bytes(response.body).decode()
    return json.loads(body) if body.startswith("{") else body


def _token(request: Request, arguments: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else str(arguments.get("token") or "")


def _without_token(arguments: dict[str, Any]) -> Json:
    return {name: value for name, value in arguments.items() if name != "token"}
