"""What would it mean to let Cloudflare limit how often one address asks, while Redis limits nobody?

The runbook's step 21. One rule of Pong's beside those that stand there:
https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/
"""

import re
from typing import Literal

from bot.errors import BadInput, ServiceUnavailable
from bot.providers.cloudflare import Zone, note_of
from bot.providers.rate_limits import (
    PHASE,
    Limit,
    LimitRule,
    Limits,
    expression_of,
    limits,
    rulesets_path,
)
from bot.remediations import change
from bot.remediations.change import Change
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Step, Tier, Wait
from bot.remediations.remediation import Prepared, Scene, Words

SEEN_WITHIN_S = 60
# The periods that Cloudflare's API takes; which of them a zone may have depends on its plan there.
PERIODS_S = (10, 60, 120, 300, 600, 3600)
REQUESTS_MOST = 1_000_000
SECONDS = {"s": 1, "m": 60, "h": 3600}
HOW = "How many requests of one address, in how long? Write limit 100 per 10s, or limit off."


async def prepare_limit(scene: Scene, zone: Zone, words: Words) -> Prepared:
    is_off = words == ("off",)
    wanted = None if is_off else _read(words, zone)
    now = await limits(zone, scene.http, note_of(scene.target.name))
    if isinstance(now, str):
        raise ServiceUnavailable(f"Nothing was planned: {now}.")
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says_of(now))
    if wanted is None:
        return plan_of_off(scene, zone, now), preview
    return plan_of_on(scene, zone, now, wanted), preview


def says_of(now: Limits) -> tuple[str, ...]:
    ours = ", ".join(_says(rule) for rule in now.ours) or "none"
    return f"Pong's limit now: {ours}", f"Other rate limits of the zone: {now.others}; they stay as they are"


def plan_of_on(scene: Scene, zone: Zone, now: Limits, wanted: Limit) -> Plan:
    """Add the rule, or change the one that is Pong's; no other rule is ever sent to Cloudflare."""
    target = scene.target.name
    if len(now.ours) > 1:
        raise BadInput(f"{len(now.ours)} rules carry Pong's note: take them back with limit off first.")
    old = now.ours[0] if now.ours else None
    if old and old.limit == wanted:
        raise BadInput(f"{wanted.says} is the limit already.")
    before = old.limit.says if old and old.limit else ""
    back = f"/redis protect limit {before or 'off'} {target}"
    method, path, fields = _sent(zone, now, _rule(target, wanted))
    return _plan(
        scene,
        f"Limit each address to {wanted.says} at Cloudflare",
        steps=(
            HttpCall(
                service="Cloudflare",
                method=method,
                path=path,
                undo=f"{back}.",
                repeat=Repeat.CHECK,
                fields=fields,
                changes=Change(change.LIMIT, before, wanted.says),
            ),
            Wait(
                at_most_s=SEEN_WITHIN_S,
                until=f"the limit is {wanted.says}",
                condition="limit-at-cloudflare",
                given=wanted.says,
            ),
        ),
        lost=f"an address that asks more often is turned away for {wanted.period_s} s; people behind one "
        "address are counted as one",
        undo=back,
    )


def plan_of_off(scene: Scene, zone: Zone, now: Limits) -> Plan:
    """Take away what carries Pong's note, and nothing else."""
    if not now.ours:
        raise BadInput(
            f"No rate limit at Cloudflare is Pong's for {scene.target.name}: nothing to take away."
        )
    before = next((rule.limit.says for rule in now.ours if rule.limit), "")
    back = f"/redis protect limit {before or '100 per 10s'} {scene.target.name}"
    steps = [step for rule in now.ours for step in _removed(zone, now, rule, back)]
    return _plan(
        scene, "Rate limit off at Cloudflare", steps=tuple(steps), lost="protection from floods", undo=back
    )


def _plan(scene: Scene, title: str, *, steps: tuple[Step, ...], lost: str, undo: str) -> Plan:
    return Plan(
        remediation="protect",
        title=title,
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=steps,
        lost=lost,
        undo=f"Undo: {undo}",
        preconditions=(),
        goal=next(step.until for step in reversed(steps) if isinstance(step, Wait)),
    )


Field = tuple[str, str | int | bool | tuple[str, ...]]
Sent = tuple[Literal["POST", "PATCH"], str, tuple[Field, ...]]


def _sent(zone: Zone, now: Limits, rule: tuple[Field, ...]) -> Sent:
    """Where no ruleset is, it is made with the rule in it. Never by PUT, which replaces all rules there."""
    if now.ours:
        return "PATCH", _rule_path(zone, now, now.ours[0]), rule
    if now.ruleset_id:
        return "POST", f"{rulesets_path(zone)}/{now.ruleset_id}/rules", rule
    inside = tuple((f"rules.0.{name}", value) for name, value in rule)
    return "POST", rulesets_path(zone), (("name", "default"), ("kind", "zone"), ("phase", PHASE), *inside)


def _rule(target: str, limit: Limit) -> tuple[Field, ...]:
    return (
        ("action", "block"),
        ("expression", limit.expression),
        ("description", note_of(target)),
        ("enabled", True),
        ("ratelimit.characteristics", ("cf.colo.id", "ip.src")),
        ("ratelimit.period", limit.period_s),
        ("ratelimit.requests_per_period", limit.requests),
        ("ratelimit.mitigation_timeout", limit.period_s),
    )


def _removed(zone: Zone, now: Limits, rule: LimitRule, back: str) -> tuple[Step, ...]:
    call = HttpCall(
        service="Cloudflare",
        method="DELETE",
        path=_rule_path(zone, now, rule),
        undo=f"{back}.",
        repeat=Repeat.CHECK,
        changes=Change(change.LIMIT, _says(rule), ""),
    )
    gone = Wait(
        at_most_s=SEEN_WITHIN_S,
        until=f"Pong's limit {_says(rule)} is gone",
        condition="limit-gone-at-cloudflare",
        given=rule.id,
    )
    return call, gone


def _rule_path(zone: Zone, now: Limits, rule: LimitRule) -> str:
    return f"{rulesets_path(zone)}/{now.ruleset_id}/rules/{rule.id}"


def _says(rule: LimitRule) -> str:
    return rule.limit.says if rule.limit else "(changed by somebody)"


def is_form(words: Words) -> bool:
    """Whether these words are a limit, as `100 per 10s` is."""
    return len(words) == len(("100", "per", "10s")) and words[1].lower() == "per"


def _read(words: Words, zone: Zone) -> Limit:
    """Raises BadInput for what is no limit, or none that Cloudflare takes."""
    if not is_form(words):
        raise BadInput(HOW)
    requests, period = words[0], re.fullmatch(r"([0-9]{1,5})([smh])", words[2].lower())
    if not re.fullmatch(r"[0-9]{1,9}", requests) or not 1 <= int(requests) <= REQUESTS_MOST:
        raise BadInput(f"How many requests? Write a whole number from 1 to {REQUESTS_MOST}.")
    period_s = int(period[1]) * SECONDS[period[2]] if period else 0
    if period_s not in PERIODS_S:
        takes = ", ".join(f"{one}s" for one in PERIODS_S)
        raise BadInput(f"Cloudflare counts over {takes} only, and the free plan over 10s only.")
    return Limit(requests=int(requests), period_s=period_s, expression=expression_of(zone))
