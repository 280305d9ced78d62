"""What do the answers of several nodes come to as one?"""

from bot.diagnostics.answers import Answers, highest, merged
from bot.diagnostics.finding import Finding, Severity


def fine(title: str = "Memory 10 %", **figures: float) -> Finding:
    return Finding(check="memory", severity=Severity.OK, title=title, figures=figures or None)


def full(title: str = "Memory 97 %", **figures: float) -> Finding:
    return Finding(
        check="memory",
        severity=Severity.CRITICAL,
        title=title,
        meaning="Writes fail.",
        figures=figures or None,
    )


def test_one_node_answers_for_itself() -> None:
    only = Answers((full(),))
    assert merged({"a:1": only}) is only


def test_what_is_fine_everywhere_is_told_once() -> None:
    (told,) = merged({"a:1": Answers((fine(),)), "b:1": Answers((fine("Memory 20 %"),))}).findings
    assert told.title == "Memory 10 % (a:1, and so all 2 nodes)"


def test_the_node_that_is_not_well_is_named_and_the_others_pass() -> None:
    (told,) = merged({"a:1": Answers((fine(),)), "b:1": Answers((full(),))}).findings
    assert (told.title, told.severity) == ("Memory 97 % (b:1)", Severity.CRITICAL)


def test_nodes_that_are_alike_are_one_finding_with_the_highest_figures() -> None:
    by_node = {f"{name}:1": Answers((full(memory_percent=number),)) for number, name in enumerate("abcde")}
    (told,) = merged(by_node | {"f:1": Answers((fine(),))}).findings
    assert told.title == "Memory 97 % (a:1, b:1, c:1 and 2 more)"
    assert told.figures == {"memory_percent": 4}


def test_worse_comes_first() -> None:
    notice = Finding(check="memory", severity=Severity.NOTICE, title="no limit", meaning="It grows.")
    told = merged({"a:1": Answers((notice,)), "b:1": Answers((full(),))}).findings
    assert [one.severity for one in told] == [Severity.CRITICAL, Severity.NOTICE]


def test_a_reason_for_no_answer_is_told_once_and_with_its_nodes() -> None:
    silent = Answers.without("memory", "no answer within 3 s")
    (everywhere,) = merged({"a:1": silent, "b:1": silent}).not_checked
    assert everywhere.why == "no answer within 3 s"
    (somewhere,) = merged({"a:1": silent, "b:1": Answers((fine(),))}).not_checked
    assert somewhere.why == "a:1: no answer within 3 s"


def test_what_is_unknown_is_no_finding() -> None:
    answers = Answers.of([Finding(check="memory", severity=Severity.UNKNOWN, title="it restarted")])
    assert (answers.findings, answers.not_checked[0].why) == ((), "it restarted")


def test_the_highest_of_each_figure_counts() -> None:
    assert highest([fine(a=1, b=5), fine(a=3)]) == {"a": 3, "b": 5}
