"""What would a new deployment mean? It may ship newer code than what runs: that is not a restart.

https://docs.digitalocean.com/reference/api/
"""

from bot.errors import BadInput, ServiceUnavailable
from bot.providers.digitalocean import Deployment, newest_deployment
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Step, Tier, Wait
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.restart import APPLICATION_WITHIN_S, DEPLOYED_WITHIN_S


async def prepare(scene: Scene, words: Words) -> Prepared:
    application, cloud = scene.target.application, scene.target.cloud
    if words and words[0].lower() != "app":
        raise BadInput("Only the application is deployed anew: write app.")
    if application is None or cloud is None or not cloud.app_id:
        raise BadInput(
            f"How the application of {scene.target.name} is deployed is not known: set digitalocean_app_id "
            "in pong.toml."
        )
    newest = await newest_deployment(scene.http, cloud)
    if isinstance(newest, str):
        raise ServiceUnavailable(f"Nothing was planned: {newest}.")
    says = (
        f"Runs now: {newest.says}",
        "It ships the newest commit of its branch, which may be newer than what runs",
    )
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says)
    is_asked = application.health_url is not None
    return plan(scene, application.name, cloud.app_id, newest, is_asked=is_asked), preview


def plan(scene: Scene, name: str, app_id: str, newest: Deployment, *, is_asked: bool) -> Plan:
    undo = f"Roll back to deployment {newest.id} at DigitalOcean"
    steps: list[Step] = [
        HttpCall(
            service="DigitalOcean",
            method="POST",
            path=f"/v2/apps/{app_id}/deployments",
            undo=f"{undo}.",
            repeat=Repeat.CHECK,
            fields=(("force_build", True),),
        ),
        Wait(
            at_most_s=DEPLOYED_WITHIN_S,
            until="the new deployment serves",
            condition="deployment-active",
            given=newest.id,
        ),
    ]
    if is_asked:
        steps.append(
            Wait(
                at_most_s=APPLICATION_WITHIN_S,
                until=f"{name} says that Redis is connected",
                condition="application-connected",
            )
        )
    return Plan(
        remediation="redeploy",
        title=f"Deploy {name} anew",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=tuple(steps),
        lost="requests that are under way when an instance ends",
        undo=undo,
        preconditions=(f"deployment {newest.id} is the newest",),
        goal="the new deployment serves",
    )


REMEDIATION = Remediation(name="redeploy", takes="app", prepare=prepare, needs_redis=False)
