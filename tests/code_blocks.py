"""The code blocks of the documentation: where each stands, and what its first line says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_BLOCK = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^ *```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A code block, as in ```toml variant soft.toml."""

    page: str
    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The name under which the block is a file, for what else is on the page."""
        return next((word for word in self.words if "." in word), None)


def blocks_of(path: Path) -> list[Block]:
    """All blocks of a page, from its top."""
    text = path.read_text(encoding="utf-8")
    fences = re.findall(r"^ *```", text, re.M)
    assert len(fences) % 2 == 0, f"{path.name}: a code block does not end"
    found = []
    for match in _BLOCK.finditer(text):
        language, *words = match["info"].split() or [""]
        indent = re.compile(f"^{match['indent']}", re.M)
        found.append(
            Block(
                page=path.relative_to(ROOT).as_posix(),
                line=text.count("\n", 0, match.start()) + 1,
                language=language,
                words=tuple(words),
                text=indent.sub("", match["text"]),
            )
        )
    return found


BLOCKS = [block for path in PAGES for block in blocks_of(path)]
