"""Pong carries a Redis failure from the alert to the report.

    alert webhook ──┐
    slash, mention, ├─► inbox ─► incident ─► thread ─► diagnostics ─► approval ─► execution
    click, submission┘ (committed            │                                        │
                        before the answer)   └── timers: updates, escalation,         ▼
                                                 expiries            report ◄── verification

Each stage, and where to look:

    web, slack.app    what comes in is verified, committed, then answered
    inbox             works what was accepted, oldest first
    flow              what happens to an alert, a request, a timer, from beginning to end
    alerts            a payload becomes Alerts
    intake            what an alert does to incidents (opening, joining, ending, rules), and in a storm
    incident          states and allowed moves; pure (incident_facts: what is known of one)
    thread            what is said in an incident's thread, drawn by slack.render
    promises          what is due, and what happens then; timers knows when, ticker makes it tick
    elsewhere         PagerDuty and Alertmanager: read, written back, on_call; silences; slack_away
    summary, home     where we are, for whoever joins (found: what is thought to be wrong); the Home tab, with
                      means (MTTA, MTTR)
    people            who may do what; slack.directory knows who people are
    config            pong.toml and the environment, and are there people enough (quorum)
    targets           reaching a Redis; every failure has a meaning
    diagnostics       read-only questions: read, then judge; postgres, applications beside a Redis
    watching          how what an incident is about does: examine, look, trend, live; charts draws it
    remediations      measured facts become a Plan; pure
    approvals         a plan is prepared, offered, voted on, expires; glass and reviews for one person alone
    execution         the only one who runs a Plan, once
    standing          what of a plan stays in force until it is taken back: fallback, protection
    verification      is it whole again?
    public            are people outside told, in which words; publishing brings it to the status page
    report            what is written down; suspicion: an attack or lost data beside the failure
    outbox            every message arrives once, in order
    store             the only SQL; tidying empties what is old in it
    timeline          what happened, hash-chained
    catalog           explicit lists of all that Pong knows
    wiring            the only place that builds it all

`commands/` is what people ask for, one verb a file; it imports `bot`, never the reverse.
"""
