"""What happens when a bot calls /api/METHOD?

https://docs.slack.dev/apis/web-api
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.playground.local_slack.arguments import arguments_of
from bot.playground.local_slack.faults import Fault, Faults
from bot.playground.local_slack.hanging import hang_up, hang_up_after
from bot.playground.local_slack.methods import METHODS, Call, Method
from bot.playground.local_slack.rates import Rates
from bot.playground.local_slack.refusal import Json, RateLimited, SlackRefusal
from bot.playground.local_slack.workspace import Workspace

CALLS_KEPT = 20_000
DROPPED = 0  # the status of a call whose connection was closed without an answer


class WebApi:
    """Every method passes here: token, scope, rate, faults, the record of calls."""

    def __init__(
        self, workspace: Workspace, *, rates: Rates, faults: Faults, new_link: Callable[[str], str]
    ) -> None:
        self.calls: deque[Json] = deque(maxlen=CALLS_KEPT)
        self._workspace = workspace
        self._rates = rates
        self._faults = faults
        self._new_link = new_link

    async def endpoint(self, request: Request) -> Response:
        method = request.path_params["method"]
        record: Json = {
            "at_ms": self._workspace.clock.now_ms(),
            "method": method,
            "args": {},
            "status": DROPPED,
        }
        record["answer"] = None
        self.calls.append(record)
        fault = self._faults.pick(method)
        if fault and fault.kind != "lost_answer":
            await self._note_arguments(request, record)
            return await self._fail(request, fault, record)
        response = await self._answer(request, method, record)
        if fault:
            record["status"] = DROPPED
            return await hang_up(request)
        return response

    async def _note_arguments(self, request: Request, record: Json) -> None:
        try:
            record["args"] = _without_token(await arguments_of(request))
        except SlackRefusal:
            record["args"] = {}

    async def _fail(self, request: Request, fault: Fault, record: Json) -> Response:
        if fault.kind == "timeout":
            return await hang_up_after(request, self._workspace.clock, fault.hang_s)
        response = failure(fault)
        record |= {"status": response.status_code, "answer": bytes(response.body).decode()}
        return response

    async def _answer(self, request: Request, method: str, record: Json) -> Response:
        try:
            arguments = await arguments_of(request)
            record["args"] = _without_token(arguments)
            answer = {"ok": True} | self._do(request, method, arguments)
        except SlackRefusal as refusal:
            answer = refusal.answer()
        except RateLimited as limit:
            record |= {"status": 429, "answer": _RATE_LIMITED}
            return JSONResponse(_RATE_LIMITED, 429, {"Retry-After": str(limit.retry_after_s)})
        record |= {"status": 200, "answer": answer}
        return JSONResponse(
            answer, headers={"x-oauth-scopes": ",".join(sorted(self._workspace.world.app.scopes))}
        )

    def _do(self, request: Request, name: str, arguments: Json) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackRefusal("unknown_method", req_method=name)
        if name != "api.test":
            self._check_token(_token(request, arguments), method)
        self._rates.take(name, method.calls_a_minute, str(arguments.get("channel")))
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


_RATE_LIMITED = {"ok": False, "error": "ratelimited"}


def failure(fault: Fault) -> Response:
    """The answer of a fault that gives one."""
    if fault.kind == "rate_limited":
        return JSONResponse(_RATE_LIMITED, 429, {"Retry-After": str(fault.retry_after_s)})
    if fault.kind == "server_error":
        return PlainTextResponse("upstream connect error", int(fault.code or 500))
    return JSONResponse({"ok": False, "error": fault.code or "internal_error"})


def _token(request: Request, arguments: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else str(arguments.get("token") or "")


def _without_token(arguments: dict[str, Any]) -> Json:
    return {name: value for name, value in arguments.items() if name != "token"}
