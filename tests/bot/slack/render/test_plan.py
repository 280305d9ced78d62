"""Does the card say what runs, what is lost and how it stands, within Slack's limits?"""

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.approval import Approval, Ballot, Policy, State, Vote
from bot.approvals.why import Why
from bot.found import Found
from bot.remediations.plan import (
    ConfiguredCommand,
    Plan,
    Preview,
    RedisCommand,
    RedisSweep,
    Repeat,
    Tier,
    Wait,
)
from bot.slack.render.blocks import Message
from bot.slack.render.plan import comparison, dry_run_message, plan_message
from bot.slack.render.plan_outcome import PlanView, outcome_line

DIGEST = "0123456789abcdef" * 4
APPROVAL = Approval(
    id=7,
    incident_id=4,
    requester="U0MARIA",
    digest=DIGEST,
    policy=Policy(tier=Tier.DATA_LOSING, approvers=("S0SRE", "U0BOSS")),
    approve_by_ms=1_767_230_760_000,
    execute_by_ms=1_767_231_060_000,
)
PLAN = Plan(
    remediation="clear",
    title="Clear cache",
    target="redis-prod",
    address="10.0.0.5:6379",
    tier=Tier.DATA_LOSING,
    steps=(RedisSweep(prefix="cache:", undo="Cannot be undone."),),
    lost="cached answers only; slower responses until it is rebuilt",
    undo="Cannot be undone",
    preconditions=(),
    goal="memory under 70 %",
    goal_percent=70,
)
PREVIEW = Preview(
    measured_at_ms=1_767_229_868_000,
    classes=("cache",),
    keys=811_873,
    keys_margin=7_211,
    sampled_keys=10_004,
    database_keys=1_200_000,
    freed_bytes=181 * 2**20,
    ttl_share=0.48,
    memory_before_percent=97.1,
    memory_after_percent=27.4,
    untouched=("rate limits", "sessions"),
)
YES = Ballot(voter="U0DEV", vote=Vote.APPROVE, digest_prefix=DIGEST[:12], at_ms=1)
NO = replace(YES, voter="U0SAM", vote=Vote.DENY)
ENDED = {
    "deleted": 811_204,
    "freed_bytes": 180 * 2**20,
    "took_ms": 11_200,
    "stopped_because": None,
    "stopped_by": None,
    "memory_after_percent": 26.3,
}


def view(state: State = State.PENDING, phase: str = "deciding", **facts: Any) -> PlanView:
    voted = {State.PENDING: (), State.DENIED: (NO,)}.get(state, (YES,))
    approval = replace(APPROVAL, state=state, ballots=voted)
    return PlanView(approval=approval, plan=PLAN, preview=PREVIEW, phase=phase, facts=facts)


def buttons(message: Message) -> list[dict[str, Any]]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [button for row in rows for button in row]


def drawn(message: Message) -> str:
    """All that the blocks show, but the buttons."""
    texts = [
        block.get("text") or block["elements"][0] for block in message.blocks if block["type"] != "actions"
    ]
    return "\n".join(text["text"] for text in texts)


def test_question_says_what_runs_what_is_lost_and_who_may_approve() -> None:
    text = plan_message(view()).text
    for said in (
        "🟠 Clear cache on redis-prod: needs 1 approval\n",
        "Runs: SCAN MATCH cache:* COUNT 500, then UNLINK of each batch, paced\n",
        "Deletes about 812,000 keys (± 7,000), frees about 181 MB (memory 97 % → about 27 %)",
        "48 % would expire by themselves",
        "Lost: cached answers only; slower responses until it is rebuilt. Untouched: rate limits, sessions.",
        "Cannot be undone. Goal: memory under 70 %.",
        "May approve: <!subteam^S0SRE>, <@U0BOSS>, not the person who asked",
        "Asked by <@U0MARIA> · expires <!date^1767230760^",
        "10,004 of 1,200,000 keys looked at",
    ):
        assert said in text


def test_it_says_what_was_said_for_it_and_what_was_found() -> None:
    assert "\nWhy: nothing yet: nobody has asked for a triage\n" in plan_message(view()).text
    found = Found(says="cache keys fill the memory (97 %)", by="triage", at_ms=1_767_229_800_000)
    known = replace(view(), why=Why(found=found))
    assert "\nWhy: cache keys fill the memory (97 %) (triage, <!date^1767229800^" in plan_message(known).text
    said = replace(view(State.APPROVED), why=Why(said="<!channel> is *stale*", found=found))
    for text in (plan_message(said).text, drawn(plan_message(said)), dry_run_message(said).text):
        assert "Why: “&lt;!channel&gt; is " in text
        assert "· found: cache keys fill the memory" in text
        assert "<!channel>" not in text


def test_question_s_buttons_carry_the_approval_and_the_digest() -> None:
    approve, deny, preview = buttons(plan_message(view()))
    assert [button["action_id"] for button in (approve, deny, preview)] == [
        "pong:approve",
        "pong:deny",
        "pong:preview",
    ]
    assert {button["value"] for button in (approve, deny, preview)} == {f"7:{DIGEST[:12]}"}
    assert approve["style"] == "danger"
    assert "812,000 keys" in approve["confirm"]["text"]["text"]
    assert "confirm" not in deny


def test_the_card_says_where_it_runs_and_its_dialog_what_is_not_saved() -> None:
    unsaved = replace(view(), preview=replace(view().preview, unsaved_changes=1_204))
    message = plan_message(unsaved)
    assert f"{unsaved.plan.target} is " in message.text
    assert unsaved.plan.address.partition(":")[0] in message.text.replace("\u2060", "")
    assert "Up to 1,204 changes are not saved." in buttons(message)[0]["confirm"]["text"]["text"]


def test_text_says_what_the_blocks_draw() -> None:
    message = plan_message(view())
    assert message.text == drawn(message).replace("`", "")


def test_one_of_two_votes_is_shown() -> None:
    approval = replace(APPROVAL, policy=replace(APPROVAL.policy, need=2), ballots=(YES,))
    text = plan_message(replace(view(), approval=approval)).text
    assert "needs 1 more approval (approved by <@U0DEV>)" in text
    assert "needs 2 approvals" in plan_message(replace(view(), approval=replace(approval, ballots=()))).text


def test_reversible_says_that_the_requester_may_confirm() -> None:
    approval = replace(APPROVAL, policy=Policy(tier=Tier.REVERSIBLE))
    assert "also the person who asked" in plan_message(replace(view(), approval=approval)).text


def test_plan_that_falls_short_of_the_goal_says_so_before() -> None:
    short = replace(view(), preview=replace(PREVIEW, memory_after_percent=85.0))
    assert "This alone does not reach it." in plan_message(short).text


def test_what_was_not_measured_is_not_claimed() -> None:
    unmeasured = replace(
        PREVIEW, freed_bytes=None, ttl_share=None, memory_before_percent=None, memory_after_percent=None
    )
    text = plan_message(replace(view(), preview=unmeasured)).text
    assert "how much that frees was not measured" in text
    assert "would expire" not in text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.DENIED, "⛔ Clear cache on redis-prod was denied by <@U0SAM>: “too risky”. Nothing was run."),
        (State.EXPIRED, "⌛ Clear cache on redis-prod expired: it was approved and did not start in time."),
        (State.SUPERSEDED, "🟠 Clear cache on redis-prod was replaced: more would be lost now"),
        (State.CANCELLED, "⏹ Clear cache on redis-prod was taken back, as the incident ended."),
    ],
)
def test_decided_without_a_run_has_no_button(state: State, said: str) -> None:
    for phase in ("deciding", "ended"):
        message = plan_message(view(state, phase, why="too risky"))
        assert message.text.startswith(said)
        assert buttons(message) == []


def test_expired_without_votes_says_that_nobody_approved() -> None:
    approval = replace(APPROVAL, state=State.EXPIRED)
    assert "nobody approved it in time" in plan_message(replace(view(), approval=approval)).text


def test_taken_back_by_who_asked_names_them() -> None:
    taken = replace(NO, voter="U0MARIA")
    approval = replace(APPROVAL, state=State.CANCELLED, ballots=(taken,))
    assert "taken back by <@U0MARIA>" in plan_message(replace(view(), approval=approval)).text


def test_approved_waits_and_can_be_stopped_before_it_begins() -> None:
    message = plan_message(view(State.APPROVED))
    assert message.text.startswith("🟢 Clear cache on redis-prod: approved by <@U0DEV>")
    assert [button["action_id"] for button in buttons(message)] == ["pong:stop"]


def test_running_shows_bar_speed_time_left_and_stop() -> None:
    message = plan_message(
        view(State.USED, "running", deleted=561_000, keys_per_s=74_031.2, canary_p99_ms=1.23)
    )
    assert message.text == (
        "⏳ Clear cache on redis-prod is running   ██████░░░░  "
        "561,000 of about 812,000 keys · 74,000/s · 3 s left · others' p99 1.2 ms"
    )
    (stop,) = buttons(message)
    assert (stop["action_id"], stop["value"]) == ("pong:stop", f"7:{DIGEST[:12]}")
    assert "confirm" not in stop


@pytest.mark.parametrize(("deleted", "bar"), [(0, "░" * 10), (811_872, "█" * 9 + "░"), (900_000, "█" * 10)])
def test_bar_is_full_only_at_the_end(deleted: int, bar: str) -> None:
    assert bar in plan_message(view(State.USED, "running", deleted=deleted)).text


def test_running_before_the_first_figures() -> None:
    assert "0 of about 812,000 keys" in plan_message(view(State.USED, "running")).text


def test_success_says_figures_goal_and_who_approved() -> None:
    assert outcome_line(view(State.USED, "succeeded", **ENDED)) == (
        "✅ Clear cache on redis-prod is done: 811,204 keys, 180 MB, 11 s. "
        "Memory 26 % (goal: under 70 %). Approved by <@U0DEV>."
    )


def test_success_that_misses_the_goal_is_no_green() -> None:
    line = outcome_line(view(State.USED, "succeeded", **{**ENDED, "memory_after_percent": 82.0}))
    assert line.startswith("🟠")
    assert "Next: the goal is not reached" in line


def test_success_that_could_not_be_measured_says_so() -> None:
    line = outcome_line(view(State.USED, "succeeded", **{**ENDED, "memory_after_percent": None}))
    assert line.startswith("🟠")
    assert "Memory was not measured afterwards." in line


@pytest.mark.parametrize(
    ("phase", "facts", "said"),
    [
        (
            "stopped",
            {**ENDED, "stopped_by": "U0DEV"},
            "⏹ Clear cache on redis-prod was stopped by <@U0DEV>: 811,204",
        ),
        (
            "failed",
            {**ENDED, "stopped_because": "the connection failed"},
            "broke off: the connection failed. 811,204",
        ),
        ("failed", {}, "broke off: the reason is not known. 0 keys before that."),
        (
            "failed",
            {"stop_missed_by": "U0DEV"},
            "afterwards. Stop by <@U0DEV> did not end it.\nNext: ping it",
        ),
        (
            "unknown",
            {"at_step": 0},
            "Clear cache on redis-prod may or may not have done SCAN MATCH cache:* COUNT 500",
        ),
        ("unknown", {"at_step": 9}, "have done Clear cache"),
        (
            "refused",
            {"why": "The incident is resolved, so nothing runs any more."},
            "did not run. The incident is",
        ),
    ],
)
def test_every_other_end_says_how_and_has_no_button(phase: str, facts: dict[str, Any], said: str) -> None:
    message = plan_message(view(State.USED, phase, **facts))
    assert said in message.text
    verbs = [button["action_id"] for button in buttons(message)]
    assert verbs == (["pong:ran", "pong:did_not_run"] if phase == "unknown" else [])


def test_unknown_outcome_is_never_run_again_by_itself() -> None:
    assert "It will not be run again by itself." in outcome_line(view(State.USED, "unknown", at_step=0))


def test_comparison_says_whether_the_plan_stands() -> None:
    fewer = comparison(replace(PREVIEW, keys=700_000), PREVIEW)
    assert "it stays as it is, and so do the votes" in fewer
    assert "about 700,000 keys" in fewer
    assert "about 812,000 keys" in fewer
    assert "a new plan takes its place" in comparison(replace(PREVIEW, keys=900_000), PREVIEW)


HOSTILE = "<!channel> *bold* `code` <@U0X> & " + "x" * 5_000
HOSTILE_FACTS = {"why": HOSTILE, "stopped_because": HOSTILE, "sees": HOSTILE}


def test_longest_content_stays_within_slack_s_limits_and_makes_no_mention() -> None:
    step = RedisCommand(arguments=("SET", HOSTILE), undo="none", repeat=Repeat.NEVER)
    plan = replace(
        PLAN,
        title=HOSTILE,
        target=HOSTILE,
        steps=(step,) * 200,
        lost=HOSTILE,
        undo=HOSTILE,
        goal=HOSTILE,
        afterwards=HOSTILE,
    )
    preview = replace(PREVIEW, untouched=(HOSTILE,) * 3)
    approvers = tuple(f"U{number:010}" for number in range(40))
    approval = replace(APPROVAL, policy=replace(APPROVAL.policy, approvers=approvers))
    for state in State:
        for phase in ("deciding", "ended", "running", "succeeded", "stopped", "failed", "unknown", "refused"):
            facts = {"why": "short"} if phase == "refused" else HOSTILE_FACTS
            card = PlanView(
                approval=replace(approval, state=state), plan=plan, preview=preview, phase=phase, facts=facts
            )
            payload = plan_message(card).payload()
            assert len(payload["blocks"]) <= 50
            assert len(payload["text"]) <= 4_000
            for shown in (payload["text"], drawn(plan_message(card))):
                assert "<!channel>" not in shown
                assert "<@U0X>" not in shown
            for block in payload["blocks"]:
                assert len(block.get("text", {}).get("text", "")) <= 3_000
            for button in buttons(plan_message(card)):
                assert len(button["value"]) <= 2_000
                assert len(button["text"]["text"]) <= 75
                dialog = button.get("confirm")
                assert dialog is None or (
                    len(dialog["title"]["text"]) <= 100 and len(dialog["text"]["text"]) <= 300
                )


def test_who_may_approve_is_readable_even_in_the_longest_card() -> None:
    steps = (RedisCommand(arguments=("SET", "x" * 5_000), undo="none", repeat=Repeat.NEVER),) * 200
    plan = replace(PLAN, steps=steps, lost="y" * 500, undo="z" * 500)
    assert "May approve: <!subteam^S0SRE>" in drawn(plan_message(replace(view(), plan=plan)))


def test_a_dry_run_calls_nobody_and_has_nothing_to_press():
    message = dry_run_message(view())
    assert "It needs 1 approval. Next: the same command without --dry-run" in message.text
    assert "<@" not in message.text
    assert "<!" not in message.text.replace("<!date", "")
    assert all(block["type"] != "actions" for block in message.blocks)


def test_a_dry_run_of_what_its_asker_may_confirm_says_so_as_the_card_does() -> None:
    approval = replace(APPROVAL, policy=Policy(tier=Tier.REVERSIBLE))
    text = dry_run_message(replace(view(), approval=approval)).text
    assert "It needs a responder's confirm, also of the person who asks. Next:" in text


def test_what_was_seen_is_told_and_not_that_it_was_kept_over_a_restart() -> None:
    look = Wait(at_most_s=10, until="maxmemory is 1", condition="limit-is")
    kept = RedisCommand(arguments=("CONFIG", "REWRITE"), undo="none", repeat=Repeat.HARMLESS)
    scale = replace(PLAN, steps=(kept, look, kept), goal_percent=None)
    seen = ["answered OK", "the limit is 128 MB, memory at 1 % of it", "answered OK"]
    told = outcome_line(replace(view(State.USED, "succeeded", done=seen), plan=scale))
    assert "is done: the limit is 128 MB, memory at 1 % of it." in told


def test_a_command_is_shown_whole_however_long_it_is() -> None:
    command = ("ssh", "web-1", *(f"argument-{number}" for number in range(100)), "the-end")
    step = ConfiguredCommand(arguments=command, undo="none", repeat=Repeat.NEVER)
    shown = drawn(plan_message(replace(view(), plan=replace(PLAN, steps=(step,) * 5))))
    assert shown.count(f"```{step.line()}```") == 5


def test_a_command_longer_than_a_section_is_cut_into_pieces_and_nothing_is_left_out() -> None:
    step = ConfiguredCommand(arguments=tuple("&" * 1_999), undo="none", repeat=Repeat.NEVER)
    shown = drawn(plan_message(replace(view(), plan=replace(PLAN, steps=(step,)))))
    assert shown.count("&amp;") == 1_999
    assert "…" not in shown.partition("Lost:")[0]


def test_a_command_that_is_cut_into_pieces_is_cut_between_two_words() -> None:
    words = tuple(f"+command{number}" for number in range(300))
    step = RedisCommand(arguments=("ACL", "SETUSER", *words), undo="none", repeat=Repeat.NEVER)
    shown = drawn(plan_message(replace(view(), plan=replace(PLAN, steps=(step,)))))
    assert [word for word in words if word not in shown.replace("```", " ").split()] == []


def test_in_words_a_long_command_is_short_and_still_says_where_it_runs() -> None:
    """It is heard, and stands in a notification: what follows it has to be there too."""
    rights = tuple(f"+command{number}" for number in range(300))
    steps = tuple(
        RedisCommand(
            arguments=("ACL", "SETUSER", f"b{node}", *rights),
            undo="none",
            repeat=Repeat.NEVER,
            at=f"10.0.0.{node}:6379",
        )
        for node in range(5)
    )
    card = replace(view(), plan=replace(PLAN, steps=steps))
    for message in (plan_message(card), plan_message(replace(card, phase="running", facts={"at_step": 1}))):
        assert "ACL SETUSER b4 +command0" in message.text
        assert "+command150" not in message.text
        assert "+command299   (on 10.0.0.4:6379)" in message.text
    assert "May approve: " in plan_message(card).text
