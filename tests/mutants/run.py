"""Do the tests notice when an invariant is broken on purpose?

A mutant is data, in this folder's *.toml: one change of the code, the invariant that it breaks, and the tests
that must fail then. Those tests pass first on the code as it is.

    python tests/mutants/run.py [WORD …]      only the mutants whose invariant, name or file holds a WORD
"""

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORKERS = 2
UNHARMED_WITHIN_S = 600
EACH_WITHIN_S = 90
# What no test here needs, and takes a second and more of each start.
WITHOUT = ("cacheprovider", "hypothesispytest", "schemathesis", "valkey", "anyio")
PASSED, FAILED = 0, 1  # pytest's exit codes; any other says that no test was run


class Broken(Exception):
    """A mutant, or its tests, cannot be used: the text says which and why."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`old` stands exactly once in `file`; with `new` in its place one of `tests` must fail."""

    invariant: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.invariant:4} {self.name}"


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    is_caught: bool
    took_s: float
    why: str = ""


class Copy:
    """A copy of the working tree in which one mutant at a time lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lives = 0
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    @contextlib.contextmanager
    def with_mutant(self, mutant: Mutant) -> Iterator[None]:
        """The tree with `mutant` in it, and without it afterwards. Raises Broken when it does not fit."""
        file = self.folder / mutant.file
        text = file.read_text("utf-8")
        check(mutant, text)
        try:
            self._write(file, text.replace(mutant.old, mutant.new))
            yield
        finally:
            self._write(file, text)

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text, "utf-8")
        # Python takes a compiled file for fresh by the second and the size: no two lives share a second.
        self._lives += 1
        second = int(time.time()) + self._lives
        os.utime(file, (second, second))

    def pytest(self, tests: Sequence[str], *, within_s: float) -> tuple[int, str]:
        """Pytest's exit code on `tests` and the end of what it said."""
        without = [word for name in WITHOUT for word in ("-p", f"no:{name}")]
        command = [sys.executable, "-m", "pytest", "-x", "-q", *without, *tests]
        environment = os.environ | {"PYTHONPATH": str(self.folder)}
        try:
            ended = subprocess.run(
                command,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=within_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return -1, f"no answer within {within_s:.0f} s"
        return ended.returncode, "\n".join(ended.stdout.strip().splitlines()[-25:])


def all_mutants(words: Sequence[str] = ()) -> list[Mutant]:
    """Those of the *.toml files here; with `words`, only those in which one of them stands."""
    found = []
    for file in sorted(HERE.glob("*.toml")):
        for facts in tomllib.loads(file.read_text("utf-8"))["mutant"]:
            tests = tuple(facts.pop("tests"))
            found.append(Mutant(invariant=file.stem.upper(), tests=tests, **facts))
    found.sort(key=lambda mutant: (int(mutant.invariant[1:]), mutant.file))
    return [one for one in found if not words or any(word in f"{one} {one.file}".split() for word in words)]


def check(mutant: Mutant, text: str) -> None:
    """Raises Broken unless the mutant changes exactly one place of `text`."""
    times = text.count(mutant.old)
    if times != 1:
        raise Broken(f"{mutant}: its old text stands {times} times in {mutant.file}, not once.")
    if mutant.old == mutant.new or not mutant.tests:
        raise Broken(f"{mutant}: it changes nothing, or names no test.")


def try_out(mutant: Mutant, copies: "queue.SimpleQueue[Copy]") -> Verdict:
    """Run the mutant's tests against it, in whichever copy is free."""
    copy, began_s = copies.get(), time.monotonic()
    try:
        with copy.with_mutant(mutant):
            code, said = copy.pytest(mutant.tests, within_s=EACH_WITHIN_S)
    except Broken as error:
        return Verdict(mutant, False, 0.0, str(error))
    finally:
        copies.put(copy)
    took_s = time.monotonic() - began_s
    if code == FAILED:
        return Verdict(mutant, True, took_s)
    why = "its tests pass all the same" if code == PASSED else f"pytest could not run its tests:\n{said}"
    return Verdict(mutant, False, took_s, why)


def expect_unharmed(copies: "queue.SimpleQueue[Copy]", mutants: Sequence[Mutant]) -> None:
    """Raises Broken unless the tests of all mutants pass on the code as it is."""
    copy = copies.get()
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    code, said = copy.pytest(tests, within_s=UNHARMED_WITHIN_S)
    copies.put(copy)
    if code != PASSED:
        raise Broken(f"The tests fail without any mutant:\n{said}")


def hunt(mutants: Sequence[Mutant], folder: Path) -> int:
    """Try all of them out; how many were caught."""
    copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    for number in range(WORKERS):
        copies.put(Copy(folder / str(number)))
    expect_unharmed(copies, mutants)
    verdicts = []
    with ThreadPoolExecutor(WORKERS) as workers:
        for verdict in workers.map(lambda mutant: try_out(mutant, copies), mutants):
            tell(verdict)
            verdicts.append(verdict)
    # Once more and alone: a machine under load is no reason to say that a mutant lives.
    missed = [try_out(verdict.mutant, copies) for verdict in verdicts if not verdict.is_caught]
    for verdict in missed:
        print("once more: ", end="")
        tell(verdict)
    return len(mutants) - sum(not verdict.is_caught for verdict in missed)


def tell(verdict: Verdict) -> None:
    word = "caught" if verdict.is_caught else "MISSED"
    print(f"{word}  {verdict.mutant}  ({verdict.took_s:.0f} s)", flush=True)
    if verdict.why:
        print(f"        {verdict.why}", flush=True)


def main(words: Sequence[str]) -> int:
    """0 when every mutant was caught; 1 when one was not, or cannot be tried."""
    mutants = all_mutants(words)
    if not mutants:
        print("No mutant fits these words.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="pong-mutants-") as folder:
        try:
            caught = hunt(mutants, Path(folder))
        except Broken as error:
            print(error, file=sys.stderr)
            return 1
    print(f"caught {caught} of {len(mutants)}")
    return 0 if caught == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
