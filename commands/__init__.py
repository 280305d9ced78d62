"""What can people ask for?

VERBS is the list; a verb is one file, whether it is typed, mentioned or pressed.
"""

from bot.request import Verb
from commands.approval import approve, deny, preview, stop
from commands.incident import ack, hold, not_over, resolve, status, target, update
from commands.incident import open as open_incident
from commands.redis import clear, details, help, ping, raw, stop_watching, triage, verify, watch

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        ping.VERB,
        triage.VERB,
        details.VERB,
        raw.VERB,
        watch.VERB,
        stop_watching.VERB,
        clear.VERB,
        verify.VERB,
        help.VERB,
        open_incident.VERB,
        ack.VERB,
        update.VERB,
        resolve.VERB,
        status.VERB,
        hold.VERB,
        not_over.VERB,
        target.VERB,
        approve.VERB,
        deny.VERB,
        preview.VERB,
        stop.VERB,
    )
}
