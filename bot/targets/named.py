"""Which of the things in pong.toml is meant: by the name that a person types, or by an alert's labels?

The tables of names: see docs/running.md.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Generic, TypeVar

from bot.errors import BadInput, SettingsError
from bot.text import plain

Thing = TypeVar("Thing")


class Named(Generic[Thing]):
    """The configured things of one kind, each called a `word`.

    `labels` choose one for an alert; `unset` names, for one whose address is not set, what should hold it.
    """

    word = "target"

    def __init__(
        self,
        things: Mapping[str, Thing],
        labels: Mapping[str, Mapping[str, str]] | None = None,
        unset: Mapping[str, str] | None = None,
        *,
        word: str = "",
    ) -> None:
        self._things = dict(things)
        self._labels = {name: dict(wanted) for name, wanted in (labels or {}).items() if wanted}
        self._unset = dict(unset or {})
        self.word = word or self.word

    @property
    def names(self) -> tuple[str, ...]:
        return (*self._things, *self._unset)

    @property
    def listed(self) -> str:
        """All names in a sentence."""
        word = f"{self.word}s"
        names = ", ".join(self.names)
        return f"{word.capitalize()}: {names}." if names else f"pong.toml has no {word} yet."

    def __iter__(self) -> Iterator[Thing]:
        return iter(self._things.values())

    def get(self, name: str = "") -> Thing:
        """The one called `name`; without a name, the only one. Raises BadInput naming the nearest."""
        if not name and len(self.names) == 1:
            name = self.names[0]
        if variable := self._unset.get(name):
            raise SettingsError(f"{name} has no address: set {variable}.")
        if name not in self._things:
            raise BadInput(self._not_found(name))
        return self._things[name]

    def matching(self, labels: Mapping[str, str]) -> str | None:
        """The name of the only one whose labels all stand in an alert's `labels`; else None."""
        fits = [name for name, wanted in self._labels.items() if wanted.items() <= labels.items()]
        return fits[0] if len(fits) == 1 else None

    def _not_found(self, name: str) -> str:
        return not_found(self.word, name, self.names, self.listed)


def not_found(word: str, name: str, names: tuple[str, ...], listed: str) -> str:
    """That there is no such thing, the nearest, and what there is."""
    if not name:
        return f"Which {word}? {listed}"
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f'There is no {word} "{plain(name, 60)}".{hint} {listed}'
