"""Is the house as CONTRIBUTING.md says: small, explained, complete, and nothing forgotten?"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, replace
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from bot.catalog import ALERT_SOURCES, DIAGNOSTICS, POSTGRES_DIAGNOSTICS, RUNBOOKS
from bot.people import Role
from bot.runbooks.runbook import LooksAt, Runbook
from commands import VERBS
from tests.fixtures import alerts

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
FUNCTION_MOST_LINES = 40
FUNCTION_MEDIAN_LINES = 8
MODULE_MOST_LINES = 300
ENVIRONMENT_READERS = ("bot/cli/", "bot/wiring.py", "bot/config/settings.py")
# Tests of a package as a whole stand beside those of its modules, under these names.
OF_PACKAGES = {
    "bot/playground/local_slack/test_refusals.py": "bot/playground/local_slack",
    "bot/store/test_plans.py": "bot/store",
    "bot/cli/test_main.py": "bot/cli",
    "bot/targets/test_matrix.py": "bot/targets",
    "bot/diagnostics/test_recorded.py": "bot/diagnostics",
    "bot/playground/page/test_page.py": "bot/playground/page",
    "bot/playground/page/test_around.py": "bot/playground/page",
    "bot/playground/page/test_blocks.py": "bot/playground/page",
    "bot/playground/page/test_marks.py": "bot/playground/page",
    "bot/playground/page/test_many.py": "bot/playground/page",
    "bot/playground/panel/breakages/test_breakages.py": "bot/playground/panel/breakages",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[Path]:
    for package in ("bot", "commands"):
        yield from sorted((ROOT / package).rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def functions() -> Iterator[tuple[str, Function]]:
    for file in modules():
        for node in ast.walk(tree_of(file)):
            if isinstance(node, Function):
                yield f"{name_of(file)}:{node.name}", node


def length_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def outside_the_playground() -> Iterator[Path]:
    return (file for file in modules() if "playground" not in name_of(file))


def dotted(node: ast.AST) -> str:
    """`os.environ.get` for the expression that reads so; "" for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def uses(file: Path, wanted: re.Pattern[str]) -> list[str]:
    found = {dotted(node) for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute)}
    return sorted(f"{name_of(file)}: {name}" for name in found if wanted.fullmatch(name))


# -- small and explained --------------------------------------------------------------------------------


def test_every_module_says_first_which_question_it_answers() -> None:
    silent = [name_of(file) for file in modules() if not (ast.get_docstring(tree_of(file)) or "").strip()]
    assert not silent


def test_first_line_of_every_docstring_is_a_question_or_a_sentence() -> None:
    first = {name_of(file): (ast.get_docstring(tree_of(file)) or " ").splitlines()[0] for file in modules()}
    assert not {name: line for name, line in first.items() if line.rstrip()[-1:] not in ("?", ".", ":", ";")}


def test_no_function_is_longer_than_40_lines() -> None:
    assert not {name: length_of(node) for name, node in functions() if length_of(node) > FUNCTION_MOST_LINES}


def test_half_of_the_functions_have_8_lines_or_fewer() -> None:
    assert median(length_of(node) for _, node in functions()) <= FUNCTION_MEDIAN_LINES


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {name_of(file): len(file.read_text("utf-8").splitlines()) for file in modules()}
    assert not {name: length for name, length in lengths.items() if length > MODULE_MOST_LINES}


# -- in its place -----------------------------------------------------------------------------------------


def test_only_the_settings_and_the_command_line_read_the_environment() -> None:
    reads = re.compile(r"os\.(environ|getenv)(\..*)?")
    others = (file for file in modules() if not name_of(file).startswith(ENVIRONMENT_READERS))
    assert not [use for file in others for use in uses(file, reads)]


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    asks = re.compile(
        r"time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|localtime|gmtime)"
        r"|(datetime\.)*(datetime|date)\.(now|utcnow|today)"
    )
    others = (file for file in outside_the_playground() if name_of(file) != "bot/clock.py")
    assert not [use for file in others for use in uses(file, asks)]


def test_nothing_is_left_to_be_done_later() -> None:
    words = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3 + ":")))
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    texts = [
        ROOT / line for line in listed.stdout.splitlines() if line.endswith((".py", ".md", ".toml", ".yml"))
    ]
    assert not [name_of(file) for file in texts if file.exists() and words.search(file.read_text("utf-8"))]


def test_every_test_file_stands_where_what_it_tests_stands() -> None:
    homeless = []
    for file in [*(TESTS / "bot").rglob("test_*.py"), *(TESTS / "commands").rglob("test_*.py")]:
        place = file.relative_to(TESTS)
        tested = place.with_name(place.name.removeprefix("test_"))
        wanted = OF_PACKAGES.get(place.as_posix(), tested.as_posix())
        if not (ROOT / wanted).exists():
            homeless.append(f"{place}: there is no {wanted}")
    assert not homeless


# -- complete -----------------------------------------------------------------------------------------------


def rendered_verbs() -> set[str]:
    """Every verb that a button or a next step names: `Button("ack", …)`, `NextStep(verb="clear")`,
    `_words(verb="ping")`."""
    verbs: set[str] = set()
    for file in modules():
        for node in ast.walk(tree_of(file)):
            if not isinstance(node, ast.Call):
                continue
            first = node.args[:1] if dotted(node.func).endswith("Button") else []
            named = [keyword.value for keyword in node.keywords if keyword.arg == "verb"]
            for argument in [*first, *named]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    verbs.add(argument.value)
    return verbs


def test_every_verb_that_is_drawn_has_a_handler() -> None:
    assert {"ack", "approve", "clear", "ping", "triage"} <= rendered_verbs()
    assert not rendered_verbs() - VERBS.keys()


def test_every_verb_names_a_role_and_its_own_file() -> None:
    for name, verb in VERBS.items():
        assert verb.name == name
        assert isinstance(verb.role, Role)
        assert [*(ROOT / "commands").glob(f"*/{name}.py")], f"{name} has no file of its own"


def test_every_verb_that_can_be_typed_says_how_and_what_for() -> None:
    for verb in VERBS.values():
        assert bool(verb.command) == bool(verb.usage) == bool(verb.explains)
        assert verb.usage.startswith(verb.command or "")


def test_every_verb_has_a_test() -> None:
    tested = {file.name for file in (TESTS / "commands").rglob("test_*.py")}
    assert not [name for name in VERBS if f"test_{name}.py" not in tested]


def untested(places: Iterable[str]) -> list[str]:
    """Those test files of `places` that are not there."""
    return [f"tests/{place} is missing" for place in places if not (TESTS / place).exists()]


def test_every_alert_source_has_a_test_and_a_fixture() -> None:
    assert not untested(f"bot/alerts/test_{name}.py" for name in ALERT_SOURCES)
    assert not [name for name in ALERT_SOURCES if not callable(getattr(alerts, name, None))]


def test_every_diagnostic_has_a_test() -> None:
    homes = [question.judge.__module__.rpartition(".")[2] for question in DIAGNOSTICS]
    assert not untested(f"bot/diagnostics/test_{home}.py" for home in homes)


def test_every_question_to_a_database_has_a_test() -> None:
    homes = [question.judge.__module__.rpartition(".")[2] for question in POSTGRES_DIAGNOSTICS]
    assert not untested(f"bot/postgres/test_{home}.py" for home in homes)


def test_every_runbook_has_a_test_and_every_remediation_it_allows_a_verb() -> None:
    assert not untested(f"bot/runbooks/test_{name.replace('-', '_')}.py" for name in RUNBOOKS)
    for runbook in RUNBOOKS.values():
        assert not runbook.allowed.keys() - VERBS.keys()


def forgotten_in(name: str, runbook: Runbook) -> Iterator[str]:
    """What a runbook lacks that is more than its own file, a line each."""
    code = name.replace("-", "_").upper()
    if runbook.name != name or runbook.acknowledgement != f"Acknowledged {code} - investigating":
        yield "its name, or the words of its acknowledgement"
    if not runbook.alerts or "" not in runbook.words or runbook.words.keys() - {"", *runbook.alerts}:
        yield 'alerts, words for each other alert (""), and no words for what is none of its alerts'
    if shared := [one for one in RUNBOOKS.values() if one is not runbook and one.alerts & runbook.alerts]:
        yield f"alerts of its own: {shared[0].name} has some of them"
    texts = [
        runbook.title,
        runbook.public_title,
        runbook.public_words,
        *(text for words in runbook.words.values() for text in astuple(words)),
    ]
    if runbook.looks_at is not LooksAt.REDIS and any("redis" in text.lower() for text in texts):
        yield "words that speak of what it looks at, and of no Redis"
    running = (ROOT / "docs/running.md").read_text("utf-8")
    if missing := [word for word in (name, *sorted(runbook.alerts)) if f"`{word}`" not in running]:
        yield f"docs/running.md, which does not name {', '.join(missing)}"
    stories = [file.read_text("utf-8") for file in (TESTS / "stories").glob("*.py")]
    stories.append((TESTS / "fixtures" / "story.py").read_text("utf-8"))
    if not any(runbook.title in story for story in stories):
        yield f"a story in tests/stories in which “{runbook.title}” goes from alert to report"


def test_nothing_was_forgotten_when_a_runbook_was_added() -> None:
    assert not [f"{name}: {what}" for name, one in RUNBOOKS.items() for what in forgotten_in(name, one)]


def test_what_a_new_runbook_lacks_is_named() -> None:
    new = replace(
        RUNBOOKS["redis-failure"], name="disk-full", looks_at=LooksAt.DATABASE, title="Disk" + " Full"
    )
    lacks = " ".join(forgotten_in("disk-full", new))
    for part in ("acknowledgement", "alerts of its own", "no Redis", "docs/running.md", "a story"):
        assert part in lacks


# -- what is built of it ------------------------------------------------------------------------------------


def dockerfile() -> list[str]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_image_copies_only_what_exists_and_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    copies = [line.split()[1:-1] for line in dockerfile() if line.startswith("COPY") and "--from" not in line]
    for source in (source for sources in copies for source in sources):
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_image_runs_as_somebody_other_than_root() -> None:
    users = [line.split()[1] for line in dockerfile() if line.startswith("USER")]
    assert users == ["pong"]


def test_image_installs_only_by_hash() -> None:
    installs = [part for line in dockerfile() for part in line.split("&&") if "pip install" in part]
    assert installs
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)


def test_what_builds_the_wheel_is_locked() -> None:
    wanted = re.search(r"\^\(([a-z|-]+)\)==", "\n".join(dockerfile()))
    assert wanted
    locked = (ROOT / "requirements/dev.txt").read_text("utf-8")
    for name in wanted[1].split("|"):
        assert re.search(rf"^{name}==", locked, re.M)


def test_health_check_asks_a_route_and_the_port_that_exist() -> None:
    check = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", "\n".join(dockerfile()))
    assert check
    assert f'"{check[2]}"' in (ROOT / "bot/web.py").read_text("utf-8")
    assert f"port: int = Field({check[1]}" in (ROOT / "bot/config/tables.py").read_text("utf-8")


def test_every_seeded_mutant_fits_the_code_as_it_is() -> None:
    for file in sorted((ROOT / "tests" / "mutants").glob("*.toml")):
        for mutant in tomllib.loads(file.read_text("utf-8"))["mutant"]:
            stands = (ROOT / mutant["file"]).read_text("utf-8").count(mutant["old"])
            assert stands == 1, f"{file.name}: {mutant['name']}: its old text stands {stands} times"
            for test in mutant["tests"]:
                path, _, name = test.partition("::")
                wanted = f"def {name.partition('[')[0]}(" if name else ""
                assert wanted in (ROOT / path).read_text("utf-8"), test


def test_ci_runs_the_same_tasks_as_a_person() -> None:
    tasks = set(re.findall(r"^within \d+ (\w+)", (ROOT / ".ci/run").read_text("utf-8"), re.M))
    declared = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert tasks == {"lint", "test", "mutants"}
    assert tasks <= declared


def test_ci_ends_within_50_minutes() -> None:
    minutes = re.findall(r"\bwithin (\d+) \w+", (ROOT / ".ci/run").read_text("utf-8"), re.M)
    assert sum(map(int, minutes)) <= 48  # and two for the packages


@pytest.mark.parametrize(("tests", "again", "code"), [(0, 0, 0), (1, 0, 0), (1, 1, 1)])
def test_ci_fails_when_what_failed_fails_again(tmp_path: Path, tests: int, again: int, code: int) -> None:
    makefile = f"lint:\n\ttrue\ntest:\n\texit {tests}\nagain:\n\texit {again}\nmutants:\n\ttrue\n"
    (tmp_path / "Makefile").write_text(makefile, "utf-8")
    (tmp_path / ".ci").mkdir()
    without_packages = (ROOT / ".ci/run").read_text("utf-8").replace("\ninstall_missing\n", "\n")
    (tmp_path / ".ci/run").write_text(without_packages, "utf-8")
    ended = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bool(ended.returncode) == bool(code), ended.stdout
    assert ("all is well" in ended.stdout) == (code == 0)
