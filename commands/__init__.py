"""What can people ask for?

VERBS is the list; a verb is one file, whether it is typed, mentioned or pressed.
"""

from bot.request import Verb
from commands.approval import (
    approve,
    approve_typed,
    break_glass,
    cancel,
    deny,
    did_not_run,
    preview,
    ran,
    sign_off,
    stop,
    wake,
)
from commands.incident import ack, hold, not_over, resolve, status, target, update
from commands.incident import open as open_incident
from commands.redis import (
    clear,
    details,
    failover,
    fallback,
    flush,
    help,
    kill,
    ping,
    protect,
    raw,
    redeploy,
    restart,
    rotate,
    scale,
    stop_watching,
    triage,
    verify,
    watch,
)

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
        restart.VERB,
        failover.VERB,
        redeploy.VERB,
        scale.VERB,
        kill.VERB,
        fallback.VERB,
        protect.VERB,
        rotate.VERB,
        flush.VERB,
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
        approve_typed.VERB,
        deny.VERB,
        break_glass.VERB,
        cancel.VERB,
        sign_off.VERB,
        wake.VERB,
        preview.VERB,
        stop.VERB,
        ran.VERB,
        did_not_run.VERB,
    )
}
