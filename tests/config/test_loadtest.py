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

from config.load.report import percentile
from config.load.stub import words_for


def test_percentiles() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 95), percentile([], 95), percentile([3.0], 95)) == (50, 95, 0, 3)


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
