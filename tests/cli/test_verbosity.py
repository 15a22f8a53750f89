"""How much is told: --quiet, --verbose and --debug, before a command and after it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from command_line import run
from flexruimte import SourceError
from flexruimte.cli.terminal import print_line, stderr, stdout
from flexruimte.cli.verbosity import Verbosity, choose, shown_in_terminal, verbosity


def ended_as_it_began() -> bool:
    """Whether a command left nothing behind that the next in this process would see."""
    log = logging.getLogger("flexruimte")
    return (
        log.level == logging.NOTSET
        and [type(each) for each in log.handlers] == [logging.NullHandler]
        and not (stdout.quiet or stderr.quiet)
        and verbosity() == Verbosity.NORMAL
    )


@pytest.mark.parametrize("after", [True, False])
def test_quiet_prints_the_paths_of_results_alone(
    study: Path, tmp_path: Path, after: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["run", study, "--gemeente", "A", "--out", tmp_path / "a b"]
    assert run(*([*asked, "--quiet"] if after else ["-q", *asked])) == 0
    printed = capsys.readouterr()
    of_run = ["ranking.csv", "ranking.xlsx", "municipalities.csv", "map/index.html", "run.log"]
    names = [*of_run, "A/report.html"]
    assert printed.out.splitlines() == [f"{tmp_path}/a b/{name}" for name in names]
    assert printed.err == ""
    assert all(Path(line).is_file() for line in printed.out.splitlines())
    assert ended_as_it_began()


def test_quiet_tells_what_failed(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise SourceError("the disk is gone")

    monkeypatch.setattr("flexruimte.batch.job.judge", broken)
    assert run("run", study, "--gemeente", "A", "--out", tmp_path, "--quiet") == 1
    assert capsys.readouterr().err == "Aadorp (A) failed: the disk is gone\n"
    assert run("run", "gone.toml", "-q") == 2
    assert "study file gone.toml cannot be read" in capsys.readouterr().err


def test_an_answer_is_printed_with_quiet_and_nothing_besides(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", out, "P01") == 0
    whole = capsys.readouterr().out
    assert run("explain", out, "P01", "--quiet") == 0
    answer = capsys.readouterr().out
    assert answer
    assert whole.startswith(answer)
    assert "flexruimte explain" in whole
    assert "flexruimte explain" not in answer


@pytest.mark.parametrize("after", [True, False])
def test_verbose_tells_what_is_read_and_how_long_steps_take(
    study: Path, tmp_path: Path, after: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["run", study, "--gemeente", "A", "--out", tmp_path]
    assert run(*([*asked, "-v"] if after else ["--verbose", *asked])) == 0
    said = capsys.readouterr().err
    assert "natuur: looked at in" in said
    assert f"reading {study}: 0." in said
    assert "Aadorp (A): time per step: " in said
    # the toy town has three areas of nature
    assert "natuur 3" in said
    assert run(*asked) == 0
    assert "looked at in" not in capsys.readouterr().err
    assert ended_as_it_began()


def test_quiet_beside_verbose_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["rules", "-q", "-v"],
        ["-q", "rules", "--debug"],
        ["--verbose", "-q", "rules"],
    ):
        assert run(*arguments) == 2
        assert "give one of them" in capsys.readouterr().err


def test_what_is_logged_is_shown_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("flexruimte.somewhere")
    with shown_in_terminal():
        log.warning("https://host/a?token=%s \x1b[31m", "GEHEIM")
        log.info("nobody asked")
        choose(quiet=False, verbose=False, debug=True)
        try:
            raise ValueError("password=GEHEIM")
        except ValueError:
            log.debug("it went wrong", exc_info=True)
    said = capsys.readouterr().err
    assert said.startswith("warning: https://host/a?token=*** \\x1b[31m\n")
    assert "nobody asked" not in said
    assert "ValueError: password=***" in said
    assert "GEHEIM" not in said
    assert ended_as_it_began()


def test_in_a_terminal_lines_break_at_blanks_and_elsewhere_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = (
        "the layer is not there; get it from /a/very/long/path/without/any/blank/in/it.gpkg first"
    )
    print_line(line)
    assert capsys.readouterr().out == f"{line}\n"
    monkeypatch.setattr(stdout, "_force_terminal", True)
    monkeypatch.setattr(stdout, "_width", None)  # which it has where it was made with COLUMNS
    monkeypatch.setenv("COLUMNS", "30")
    print_line(line)
    assert capsys.readouterr().out.splitlines() == [
        "the layer is not there; get it",
        "  from",
        "  /a/very/long/path/without/any/blank/in/it.gpkg",
        "  first",
    ]
    print_line(line, as_it_is=True)
    assert capsys.readouterr().out == f"{line}\n"


@pytest.mark.parametrize("name", ["NO_COLOR", None])
def test_no_colour_where_nobody_sees_it(
    study: Path,
    name: str | None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if name:
        monkeypatch.setenv(name, "1")
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
    broken = study.with_name("colourless.toml")
    broken.write_text(study.read_text().replace('source = "lden.tif"', 'source = "gone.tif"'))
    assert run("check", broken) == 2
    assert "\x1b[3" not in capsys.readouterr().out
