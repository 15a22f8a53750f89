"""What a shell offers behind Tab, asked as bash and zsh ask it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flexruimte import load_ruleset

PROGRAM = "import sys; sys.argv[0] = 'flexruimte'; from flexruimte.cli import main; main()"


def offered(words: list[str], shell: str = "bash") -> list[str]:
    """Return what a shell is offered for the last of some words."""
    line = " ".join(["flexruimte", *words])
    asked = {
        "_FLEXRUIMTE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words)),
        "_TYPER_COMPLETE_ARGS": line,
    }
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    return ended.stdout.split("\n")[:-1] if shell == "bash" else ended.stdout.splitlines()


def test_a_shell_is_offered_what_can_stand_there(study: Path, out: Path) -> None:
    """Seven questions in one test, as each starts a process."""
    every = load_ruleset("flexwonen-nl")
    named = [name for name in (*every.rules, *every.priorities) if name.startswith("na")]
    assert offered(["rules", "flexwonen-nl", "na"]) == named
    assert offered(["layers", "natura"]) == ["natura2000"]
    assert offered(["run", str(study), "--gemeente", "a"]) == ["a", "aadorp"]
    assert offered(["new", "ours", "--gemeente", "del"]) == ["delft"]
    assert offered(["explain", str(out), "P0"])[0].startswith("P0")
    assert offered(["run", "--qu"]) == ["--quiet"]
    assert any("Natura 2000" in line for line in offered(["rules", "flexwonen-nl", "na"], "zsh"))


@pytest.mark.parametrize("words", [["rules", "gone.toml", "na"], ["explain", "nowhere", "P"]])
def test_what_cannot_be_read_offers_nothing(words: list[str]) -> None:
    assert [each for each in offered(words) if each] == []
