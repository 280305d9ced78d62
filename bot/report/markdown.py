"""How does text stay text in Markdown, wherever it came from?

https://github.github.com/gfm/
"""

from collections.abc import Sequence

_SIGNS = frozenset("\\`*_[]<>|#!~")


def text(value: object) -> str:
    """`value` on one line, so that no Markdown, HTML, mention or bare link in it takes effect."""
    written = "" if value is None else str(value)
    escaped = "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in written)
    return " ".join(escaped.split()).replace("@", "@\u2060").replace("://", "://\u2060")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(text(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def heading(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"
