"""The parts of a load test that can be wrong without a load."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

from config.load.report import growth
from config.load.site import Usage
from config.load.stub import words_for


def test_growth_is_told_without_the_warming_up() -> None:
    """A site that warms up to 1,000 MB, then takes 10 MB and a descriptor more in every sample."""
    samples = [Usage(100.0, 10, 4)] * 4 + [Usage(1000.0 + 10 * n, 50 + n, 4) for n in range(16)]
    assert growth(samples) == {
        "memory_early_mb": 1015.0,
        "memory_late_mb": 1135.0,
        "memory_growth": 0.1182,
        "descriptors_early": 51.5,
        "descriptors_late": 63.5,
    }
    assert growth(samples[:4]) == {}


def test_the_stub_answers_from_the_first_passage() -> None:
    assert words_for('x <passage n="1">\nLunch is at noon.\n</passage>') == ["Lunch ", "is ", "at ", "noon. ", "[1]. "]


def test_the_stub_streams_word_by_word(tmp_path: Path) -> None:
    address = tmp_path / "address"
    process = subprocess.Popen([sys.executable, "-m", "config.load.stub", str(address)])
    try:
        while not (address.exists() and address.read_text()):
            assert process.poll() is None
            time.sleep(0.05)
        body = {"messages": [{"role": "user", "content": "<passage n=1>\nLunch is at noon.\n</passage>"}]}
        with httpx.stream("POST", f"{address.read_text()}/chat/completions", json=body, timeout=30) as answer:
            lines = [line.removeprefix("data: ") for line in answer.iter_lines() if line]
        words = [json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1]]
        assert "".join(words) == "Lunch is at noon. [1]. "
        assert lines[-1] == "[DONE]"
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(
    not subprocess.run([sys.executable, "-c", "import locust"], check=False, capture_output=True).returncode,
    reason="locust is installed here",
)
def test_without_locust_it_says_what_to_install() -> None:
    with pytest.raises(CommandError, match=r"requirements-load\.lock"):
        call_command("loadtest", "--users", "1", "--minutes", "0.1")
