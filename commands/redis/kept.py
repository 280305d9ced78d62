"""Which triage is a button about?"""

from typing import Any

from bot.errors import BadInput
from bot.store.records import Records
from bot.where import NUMBER_MOST_DIGITS


async def the_triage(records: Records, ref: str) -> dict[str, Any]:
    """{at_ms, kind, facts} of the triage that `ref` numbers. Raises BadInput when it is kept no longer."""
    number = ref.removeprefix("triage-")
    is_number = number.isdecimal() and len(number) <= NUMBER_MOST_DIGITS
    kept = await records.incidents.finding(int(number)) if is_number else None
    if kept is None or kept["kind"] != "triage":
        raise BadInput("This triage is kept no longer: press Triage again.")
    return kept
