"""Is what the command on the application's host came to a finding, and does it never hold triage up?"""

import sys
import time
from dataclasses import replace

import pytest

from bot.applications.health import Application
from bot.config.tables import ThresholdsTable
from bot.diagnostics.application_path import judge, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSet
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded


async def judged(*command: str) -> tuple[Severity, str]:
    shop = Application(name="shop", path_command=command)
    subject = RecordedSubject(recorded("redis-healthy"), target=replace(TARGET, application=shop))
    (finding,) = judge(await read(subject), ThresholdsTable())
    return finding.severity, finding.title


async def test_a_command_that_ends_well_is_fine() -> None:
    severity, title = await judged(sys.executable, "-c", "pass")
    assert severity is Severity.OK
    assert title.startswith("The host of shop reaches the port")


async def test_one_that_fails_is_critical() -> None:
    said = await judged(sys.executable, "-c", "raise SystemExit(3)")
    assert said == (Severity.CRITICAL, "The host of shop does not reach the port: its command ended with 3")


async def test_one_that_hangs_is_ended() -> None:
    began_s = time.monotonic()
    severity, title = await judged(sys.executable, "-c", "import time; time.sleep(60)")
    assert (severity, time.monotonic() - began_s < 4) == (Severity.UNKNOWN, True)
    assert title == "path_command took over 2.5 s"


async def test_one_that_is_not_there_is_not_checked() -> None:
    assert (await judged("/nowhere/nc"))[0] is Severity.UNKNOWN


async def test_ssh_that_fails_tells_nothing_of_the_port() -> None:
    said = await judged(sys.executable, "-c", "raise SystemExit(255)")
    assert said == (Severity.UNKNOWN, "path_command did not run (it ended with 255)")


async def test_no_shell_reads_it() -> None:
    assert (await judged("echo ok; exit 0"))[0] is Severity.UNKNOWN


async def test_without_a_command_nothing_is_run() -> None:
    with pytest.raises(NotSet):
        await read(RecordedSubject(recorded("redis-healthy")))
