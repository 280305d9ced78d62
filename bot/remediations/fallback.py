"""What does it mean to run the application without Redis for a while, and with it again?

The runbook's step 12, by a program that pong.toml fixes, by a workflow at GitHub, or by a variable of the app
at DigitalOcean.
https://docs.github.com/en/rest/actions/workflows
"""

from bot.applications.health import Application
from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.providers.app_spec import App
from bot.remediations.app_variable import AppVariable
from bot.remediations.in_app import Seen, deployed, look, says_of
from bot.remediations.plan import ConfiguredCommand, HttpCall, Plan, Preview, Repeat, Step, Tier, Wait
from bot.remediations.remediation import Prepared, Remediation, Scene, Words

TAKES = "on | off"
CONNECTED_WITHIN_S = 180
WORKFLOW_WITHIN_S = 900
# The runbook's own warning, step 12.
WARNING = "restore Redis as soon as you can, for until then it is slower and less protected from floods"

NOT_BY_PONG = "As far as Pong knows it is off: this ends what somebody else has switched on"


async def prepare(scene: Scene, words: Words) -> Prepared:
    word = words[0].lower() if words else ""
    if word not in ("on", "off"):
        raise BadInput(f"Fallback mode on or off? Write one of {TAKES}.")
    application = scene.target.application
    if application is None:
        raise BadInput(f"{scene.target.name} has no application in pong.toml, so there is none to switch.")
    app = scene.target.app_of(application.name)
    if app and app.fallback_env:
        seen = await _seen(scene, app, word)
        switching, says = _in_app(scene, seen, word), says_of(seen)
    else:
        switching = await _switching(scene, application, word)
        says = (NOT_BY_PONG,) if word == "off" and not scene.in_fallback else ()
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says)
    is_asked = application.health_url is not None
    return plan(scene, application.name, switching, is_on=word == "on", is_asked=is_asked), preview


async def _seen(scene: Scene, app: App, word: str) -> Seen:
    """Raises Refused where the application runs so already."""
    seen = await look(scene, app, app.fallback_env)
    if seen.newest.phase == "ACTIVE" and set(seen.spec.values(app.fallback_env)) == {_value(app, word)}:
        raise Refused(f"Fallback mode is {word} already: {app.fallback_env} of {app.application} says so.")
    return seen


def _in_app(scene: Scene, seen: Seen, word: str) -> tuple[Step, ...]:
    app = seen.app
    step = AppVariable(
        app_id=app.app_id, name=app.fallback_env, value=_value(app, word), undo=_undo(scene, word)
    )
    return step, deployed(seen)


def _value(app: App, word: str) -> str:
    return app.fallback_on if word == "on" else app.fallback_off


def _undo(scene: Scene, word: str) -> str:
    return f"/redis fallback {'off' if word == 'on' else 'on'} {scene.target.name}."


async def _switching(scene: Scene, application: Application, word: str) -> tuple[Step, ...]:
    # Nobody else can be asked how it runs: what Pong did last counts.
    if word == "on" and scene.in_fallback:
        raise Refused(
            f"Fallback mode is on already: /redis fallback off {scene.target.name} ends it. "
            "Whoever ended it by hand has to say so by that, too."
        )
    undo = _undo(scene, word)
    command = application.fallback_on_command if word == "on" else application.fallback_off_command
    if command:
        return (ConfiguredCommand(arguments=command, undo=undo, repeat=Repeat.NEVER),)
    workflow = scene.target.workflow
    if workflow is None:
        raise BadInput(
            f"How fallback mode is switched {word} is not known: set fallback_{word}_command or "
            f"fallback_workflow in [applications.{application.name}] of pong.toml, or "
            "digitalocean_fallback_env for an app at DigitalOcean."
        )
    before = await workflow.newest_run(scene.http)
    if isinstance(before, str):
        raise ServiceUnavailable(f"Nothing was planned: {before}.")
    return (
        HttpCall(
            service="GitHub",
            method="POST",
            path=f"{workflow.path}/dispatches",
            fields=(("ref", workflow.ref), ("inputs.mode", word)),
            undo=undo,
            repeat=Repeat.CHECK,
        ),
        Wait(
            at_most_s=WORKFLOW_WITHIN_S,
            until="the workflow has ended well",
            condition="workflow-succeeded",
            given=str(before.id),
        ),
    )


def plan(scene: Scene, name: str, switching: tuple[Step, ...], *, is_on: bool, is_asked: bool) -> Plan:
    word, other = ("on", "off") if is_on else ("off", "on")
    steps: list[Step] = [*switching]
    if not is_on and is_asked:
        steps.append(
            Wait(
                at_most_s=CONNECTED_WITHIN_S,
                until=f"{name} says that Redis is connected",
                condition="application-connected",
            )
        )
    lost_on = "speed and protection from floods: rate limits per instance, no cache, sessions in the database"
    return Plan(
        remediation="fallback",
        title=f"Fallback mode {word} for {name}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=tuple(steps),
        lost=lost_on if is_on else "nothing; sessions and rate limits made meanwhile may start anew",
        undo=f"Undo: /redis fallback {other} {scene.target.name}",
        preconditions=(),
        goal="the application works without Redis" if is_on else f"{name} uses Redis again",
        afterwards=WARNING if is_on else "",
    )


REMEDIATION = Remediation(name="fallback", takes=TAKES, prepare=prepare, needs_redis=False)
