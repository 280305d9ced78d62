"""Are there people enough for what pong.toml asks of them, and is each action that it names one of ours?

Pure; asked once, at the start. Whoever asks for something is never counted.
"""

from collections.abc import Collection, Iterator

from bot.config.settings import Settings
from bot.config.tables import TargetTable
from bot.diagnostics.units import in_minutes
from bot.people import is_person

FLUSHALL_NEEDS = 2
ROTATION_NEEDS = 2
# What two people have to agree to, or to type, is nothing for one alone.
NEVER_ALONE = frozenset({"flush", "rotate"})


def faults(settings: Settings, actions: Collection[str]) -> list[str]:
    """One line each, with what to do; `actions` are the names of all remediations."""
    lines = [
        *_unknown(settings, actions),
        *_too_few_approvers(settings),
        *_glass(settings),
        *_calls_nobody(settings),
    ]
    if bool(settings.pagerduty.service) != bool(settings.pagerduty.approvers_policy):
        lines.append("[pagerduty]: service and approvers_policy mean something together only: set both")
    return lines


def _unknown(settings: Settings, actions: Collection[str]) -> Iterator[str]:
    table = settings.approval
    for setting, names in (("need", table.need), ("break_glass", table.break_glass)):
        for name in sorted(set(names) - set(actions)):
            known = ", ".join(sorted(actions))
            yield f"approval.{setting}: there is no action “{name}”: write one of {known}"


def _too_few_approvers(settings: Settings) -> Iterator[str]:
    """Where more people have to approve than could: only own ids count then."""
    flushes = any(target.flushall for target in settings.targets.values())
    wanted = {"flush": FLUSHALL_NEEDS} if flushes else {}
    if any(_rotates(settings, target) for target in settings.targets.values()):
        wanted["rotate"] = ROTATION_NEEDS
    for name, need in settings.approval.need.items():
        wanted[name] = max(need, wanted.get(name, 1))
    known = sum(is_person(one) for one in settings.people.approvers)
    for name, need in sorted(wanted.items()):
        if need > 1 and known < need + 1:
            yield (
                f"people.approvers: {name} needs {need} people who did not ask for it, so {need + 1} "
                f"user ids (U…); there are {known}"
            )


def _glass(settings: Settings) -> Iterator[str]:
    people, alone = settings.people, settings.approval.break_glass
    for name in sorted(NEVER_ALONE & set(alone)):
        yield f"approval.break_glass: {name} is never for one person alone: take it out"
    if bool(people.break_glass) != bool(alone):
        given, lacks = ("people", "approval") if people.break_glass else ("approval", "people")
        yield f"{lacks}.break_glass: {given}.break_glass is set, and means nothing without it"
    for person in people.break_glass:
        if not set(people.approvers) - {person}:
            yield (
                f"people.approvers: somebody has to sign off what {person} does alone: "
                "add another person's id"
            )


def _calls_nobody(settings: Settings) -> Iterator[str]:
    """The rungs of the ladder that would be climbed in silence."""
    rungs, providers = settings.escalation.rungs, settings.providers
    used = [providers[one.provider] for one in settings.targets.values() if one.provider in providers]
    has_mail = any(provider.support_email for provider in used)
    if rungs and not settings.escalation.senior:
        yield "escalation.senior: nobody, so the rung before escalation.rungs calls nobody: name somebody"
    for rung in rungs:
        place = f"escalation.rungs: the one after {in_minutes(rung.after_min)} calls nobody"
        if not rung.people and not rung.provider_support:
            yield f'{place}: give it people = ["U0123ABCD"] or provider_support = true'
        elif not rung.people and not has_mail:
            yield f"{place}: no target's provider has a support_email in [providers.NAME]"


def _rotates(settings: Settings, target: TargetTable) -> bool:
    """Whether somebody has set up what a rotation needs."""
    names = target.consumers or ((target.application,) if target.application else ())
    tables = [settings.applications[name] for name in names if name in settings.applications]
    at_upstash = target.upstash_database_id and any(one.credentials_command for one in tables)
    return bool(target.users or at_upstash)
