"""Which plan does a button belong to? Only the one that it was drawn for."""

from bot.approvals.approval import read_ref
from bot.approvals.offer import Offer, load
from bot.errors import Refused
from bot.store.records import Records


async def the_offer(records: Records, ref: str) -> Offer:
    """Raises BadInput for what is no button of ours, Refused for one of another plan."""
    id, _ = read_ref(ref)
    offer = await load(records, id)
    if ref != offer.approval.ref:
        raise Refused("This button belongs to an older plan: use the newest message in the thread.")
    return offer
