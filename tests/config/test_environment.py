"""What the environment says is taken as it was meant, or refused with a sentence: nothing is guessed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from config import checks, environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_mistakes_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "mistakes", [])


def test_empty_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a line of a file of variables is left when somebody takes its value away."""
    monkeypatch.setenv("FOOTNOTE_X", "  ")
    assert environment.text("FOOTNOTE_X", "UTC") == "UTC"
    assert environment.switch("FOOTNOTE_X", True) is True
    assert environment.whole("FOOTNOTE_X", 7) == 7
    assert environment.listed("FOOTNOTE_X", "127.0.0.1,localhost") == ["127.0.0.1", "localhost"]
    assert environment.mistakes == []


def test_what_is_listed_may_have_spaces_and_a_comma_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_X", " answers.example.org , localhost,")
    assert environment.listed("FOOTNOTE_X") == ["answers.example.org", "localhost"]


@pytest.mark.parametrize(
    ("given", "read", "gives"),
    [
        ("On", lambda: environment.switch("FOOTNOTE_X"), True),
        ("no", lambda: environment.switch("FOOTNOTE_X", True), False),
        ("ja", lambda: environment.switch("FOOTNOTE_X", True), "neither on nor off"),
        ("ten", lambda: environment.whole("FOOTNOTE_X", 5), "not a whole number"),
        ("-1", lambda: environment.whole("FOOTNOTE_X", 5), "0 or more"),
        ("0", lambda: environment.whole("FOOTNOTE_X", 5, least=1), "1 or more"),
        ("7", lambda: environment.number("FOOTNOTE_X", 0.05, most=1), "from 0 to 1"),
        ("nan", lambda: environment.number("FOOTNOTE_X", 0.05), "0 or more"),
        ("0,5", lambda: environment.number("FOOTNOTE_X", 0.05), "not a number"),
        ("0.15", lambda: environment.amount("FOOTNOTE_X"), Decimal("0.15")),
        ("cheap", lambda: environment.amount("FOOTNOTE_X"), "not an amount"),
        ("NaN", lambda: environment.amount("FOOTNOTE_X"), "not an amount"),
        ("info", lambda: environment.level("FOOTNOTE_X", "WARNING"), "INFO"),
        ("loud", lambda: environment.level("FOOTNOTE_X", "WARNING"), "none of DEBUG"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_written_down(
    given: str, read: Callable[[], object], gives: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_X", given)
    found = read()
    if environment.mistakes:
        [sentence] = environment.mistakes
        assert str(gives) in sentence and sentence.startswith("FOOTNOTE_X ")
        assert given not in sentence.replace("FOOTNOTE_X", ""), "it may be a secret in the wrong place"
    else:
        assert found == gives


def test_nothing_starts_with_what_cannot_be_read(tmp_path: Path) -> None:
    wrong = {
        "FOOTNOTE_TLS": "maybe",
        "FOOTNOTE_EVALUATION_MARGIN": "5",
        "FOOTNOTE_EVALUATION_LEAST_CASES": "0",
        "FOOTNOTE_ANSWER_THREADS": "0",
        "FOOTNOTE_LOGIN_FAILURES": "0",
        "FOOTNOTE_BACKUPS": str(tmp_path / "backups"),
    }
    env = {**os.environ, **wrong, "FOOTNOTE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--no-sample"]
    result = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode != 0 and "Traceback" not in result.stderr
    assert [name for name in wrong if name not in result.stderr] == []


def test_backups_beside_the_home_are_fine(tmp_path: Path, settings: Settings) -> None:
    settings.FOOTNOTE_HOME, settings.BACKUP_DIR = tmp_path / "home", tmp_path / "backups"
    assert checks.check_backups_lie_elsewhere() == []
    settings.BACKUP_DIR = tmp_path / "home" / ".." / "home" / "backups"
    assert checks.check_backups_lie_elsewhere()


def test_the_operations_page_names_every_variable_and_every_command() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    told: set[str] = set()
    whole: list[str] = []
    for name in re.findall(r"`(FOOTNOTE_\w+|_[A-Z_]+)`", page):
        if name.startswith("_"):  # `FOOTNOTE_EMAIL_HOST`, `_PORT` says FOOTNOTE_EMAIL_PORT
            parts = whole[-1].split("_")
            told |= {"_".join(parts[:n]) + name for n in range(1, len(parts))}
        else:
            whole.append(name)
    told |= set(whole)
    read = set(re.findall(r'"(FOOTNOTE_[A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    assert read - told == {"FOOTNOTE_PULSE"}, "which the supervisor sets"
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__", "up"}
    assert [name for name in sorted(commands) if f"manage.py {name}" not in page] == []
