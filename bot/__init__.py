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
    alerts, intake    a payload becomes Alerts; what an alert does to incidents
    storm             what is said when too many come: digests, flapping once
    rules, elsewhere  whose an alert is, by pong.toml; what people do about it in PagerDuty
    errands           what is done at another service, right after the transaction that wants it
    silences, hearing Alertmanager is kept quiet for a while, and asked what it does not tell then
    write_back        what people do here is done in PagerDuty too
    slack_away        PagerDuty calls people while Slack is away
    incident          states and allowed moves; pure
    thread            what is said in an incident's thread, drawn by slack.render
    promises, timers  what is due when, and what happens then; ticker makes it tick
    updates, ladder   the next update and its reminder; who is called next, rung by rung
    summary, home     where we are, for whoever joins; the Home tab, with means (MTTA, MTTR)
    people, quorum    who may do what, and are there enough; slack.directory knows who people are
    targets           reaching a Redis; every failure has a meaning
    examine           the same question to whatever it is about: postgres, applications beside a Redis
    diagnostics       read-only questions: read, then judge
    trend, charts     how a target does while an incident is open; watching shows it live
    remediations      measured facts become a Plan (prepare measures); pure
    fallback          what of a plan stands until it is taken back; protection too, at Cloudflare
    offer, approval   a plan is offered, voted on, expires; card shows it; breaker says how often
    public, telling   is the public told, in which words (drafts); publishing brings it to the status page
    glass, reviews    one person alone: a delay in which others can stop it, a review until one has looked
    execution         the only one who runs a Plan, once
    verification      is it whole again?
    report            what is written down; suspicion: an attack or lost data beside the failure
    outbox            every message arrives once, in order
    store             the only SQL
    timeline          what happened, hash-chained
    catalog           explicit lists of all that Pong knows
    wiring            the only place that builds it all

`commands/` is what people ask for, one verb a file; it imports `bot`, never the reverse.
"""
