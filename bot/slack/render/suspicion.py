"""How does it read that people suspect an attack, or that data is lost? Pure.

The runbook's actions as a list, with what Pong can do behind each; what it cannot do is a person's.
"""

from collections.abc import Sequence

from bot.incident import Incident
from bot.slack.render.blocks import Block, Button, Message, context, fenced, mention, section
from bot.text import outside

NO_ZONE = (
    "Pong reaches no protection for this target: set cloudflare_zone_id of its application in pong.toml."
)
NOTICE = (
    "Some of you may have to sign in again: sessions may have been lost in a technical failure. "
    "We are sorry for the trouble."
)


def ddos(incident: Incident, *, by: str, is_guarded: bool) -> Message:
    """With `is_guarded` Pong can ask Cloudflare; each of these is shown as a plan and confirmed first."""
    target = incident.target or ""
    where = outside(target or "an unknown target")
    first = f"🛡 {mention(by)} suspects an attack on {where}. The runbook's steps:"
    attack = Button("protect", f"under_attack {target}", "Under attack…") if is_guarded and target else None
    blocks: list[Block] = [
        section(first),
        section("☐ Activate DDoS protection (Cloudflare)", attack),
        section(
            "☐ Limit the rate at the edge: `/redis protect limit 100 per 10s`, with a number that fits you"
        ),
        section(
            "☐ Consider a lockdown of the API for a while: that is yours to do, Pong has no action for it"
        ),
        context("Addresses that stand out: `/redis protect block 203.0.113.7`" if is_guarded else NO_ZONE),
    ]
    return Message(f"{first} activate DDoS protection, limit the rate, consider a lockdown.", tuple(blocks))


def data_loss(incident: Incident, *, by: str, deleted: Sequence[str]) -> Message:
    """`deleted` are lines on what Pong itself deleted, safe already."""
    first = f"🗃 {mention(by)} suspects that data of #{incident.id} is lost. The runbook's steps:"
    who = f"{mention(incident.comms)} " if incident.comms else ""
    own = "\n".join(deleted) or "Pong's own plans deleted nothing. What else is missing was not checked."
    blocks: list[Block] = [
        section(first),
        section(f"☐ {who}Tell users that sessions ended: a text to copy, Pong sends nothing"),
        section(fenced(NOTICE)),
        section(
            "☐ Write down what it means for compliance: the report has a section for it, with this so far"
        ),
        section(own),
    ]
    return Message(f"{first} tell users that sessions ended, write down what it means.", tuple(blocks))
