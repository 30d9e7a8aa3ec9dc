"""A child process that misbehaves harms nobody and leaves a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import TransientError, UnreadableDocument
from knowledge.sandbox import ChildStopped, Limits, Work, run_in_child

HERE = "tests.ingest.behaviours"
ROOT = Path(__file__).resolve().parents[2]


def run(name: str, *args: Any, **changes: Any) -> Any:
    limits: dict[str, Any] = {"memory_bytes": 512 * 1024**2, "cpu_seconds": 20, "wall_seconds": 60}
    return run_in_child(f"{HERE}:{name}", *args, **(limits | changes))


def code(name: str, *args: Any, **changes: Any) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        run(name, *args, **changes)
    return caught.value.code


def test_values_stream_and_the_result_comes_last() -> None:
    seen: list[dict[str, object]] = []
    assert run("three_pages", "größer", on_progress=seen.append) == {"pages": 3}
    assert seen == [{"number": number, "word": "größer"} for number in (1, 2, 3)]


def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_SECRET_KEY", "canary")
    environment = run("environment")
    assert "canary" not in str(environment)
    assert "DJANGO_SETTINGS_MODULE" not in environment


def test_its_own_refusal_comes_through() -> None:
    with pytest.raises(UnreadableDocument, match="Locked"):
        run("refuse")


def test_a_memory_bomb_dies_alone() -> None:
    assert code("eat_memory") == "too_large"


def test_an_endless_loop_is_ended_by_its_cpu_time() -> None:
    assert code("spin", cpu_seconds=1) == "too_slow"


def test_waiting_is_ended_by_the_clock() -> None:
    assert code("wait", wall_seconds=1) == "too_slow"


def test_a_crash_is_a_damaged_file() -> None:
    assert code("abort") == "damaged"


def test_a_file_cannot_be_written_without_end(tmp_path: Path) -> None:
    assert code("write_much", str(tmp_path / "big")) == "damaged"
    assert (tmp_path / "big").stat().st_size <= 256 * 1024**2


def test_the_log_names_the_place_and_never_the_text(caplog: pytest.LogCaptureFixture) -> None:
    assert code("break_down") == "damaged"
    assert "ValueError" in caplog.text
    assert "break_down" in caplog.text
    assert "must not be logged" not in caplog.text


def test_stopping_kills_the_child_and_what_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(ChildStopped):
        run("leave_a_grandchild", str(note), should_stop=note.exists)
    wait_until_dead(int(note.read_text() or 0))


def test_an_error_of_the_receiver_ends_the_child() -> None:
    def refuse(value: object) -> None:
        raise KeyError(value)

    with pytest.raises(KeyError):
        run("three_pages", "word", on_progress=refuse)


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = (
        "from knowledge.sandbox import run_in_child\n"
        f"run_in_child('{HERE}:leave_a_grandchild', {str(note)!r}, memory_bytes=2**29, cpu_seconds=9, wall_seconds=60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    while not note.exists() or not note.read_text():
        time.sleep(0.05)
    children = subprocess.run(["pgrep", "-P", str(parent.pid)], capture_output=True, text=True, check=True)
    parent.kill()
    parent.wait()
    wait_until_dead(int(children.stdout.split()[0]))
    os.kill(int(note.read_text()), 9)  # a grandchild is nobody's child any more; parsers start none


def wait_until_dead(pid: int) -> None:
    for _ in range(100):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} is still alive")


def test_the_child_works_in_the_place_it_is_given_and_leaves_nothing(tmp_path: Path) -> None:
    assert run("environment", workplace=tmp_path)["TMPDIR"].startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_children_come_from_one_clean_interpreter_and_know_nothing_of_each_other() -> None:
    assert run("remember", "the first file's secret") == []
    assert run("remember", "the second file's") == []
    first, second = run("surroundings"), run("surroundings")
    assert first["parent"] == second["parent"] != os.getpid()
    assert first["modules"] == []
    assert "footnote" not in Path(f"/proc/{first['parent']}/environ").read_text().lower().replace(str(ROOT).lower(), "")


def test_a_child_has_its_limits_and_only_its_own_pipes() -> None:
    found = run("surroundings", memory_bytes=400 * 1024**2, cpu_seconds=7)
    assert found["limits"] == {"AS": 400 * 1024**2, "CPU": 7, "CORE": 0}
    assert all(target.startswith("pipe:") for name, target in found["opened"].items() if name in {"0", "1", "2"})
    assert not any(target.startswith("socket:") for target in found["opened"].values())


def test_a_crash_beside_them_does_not_reach_other_children() -> None:
    with ThreadPoolExecutor(4) as pool:
        crashes = [pool.submit(code, name) for name in ("abort", "eat_memory", "break_down")]
        works = [pool.submit(run, "three_pages", str(number)) for number in range(6)]
        assert [crash.result() for crash in crashes] == ["damaged", "too_large", "damaged"]
        assert [work.result() for work in works] == [{"pages": 3}] * 6


def test_without_its_template_a_file_is_tried_again_and_the_next_one_gets_a_new_template() -> None:
    before = run("surroundings")["parent"]
    with pytest.raises(TransientError, match="tried again"):
        run("kill_parent")
    assert run("surroundings")["parent"] != before


def child_of(workplace: Path) -> int:
    """The process that works in the one folder there."""
    (folder,) = workplace.iterdir()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").readlink() == folder:
                    return int(entry.name)
            except OSError:
                continue
    raise AssertionError("no process works there")


def test_the_time_a_child_waits_for_its_reader_is_not_counted(tmp_path: Path) -> None:
    """It may have been begun ahead, while the file before it was still at work."""
    wall_seconds = 2.0
    with Work(
        f"{HERE}:three_pages", "word", limits=Limits(512 * 1024**2, 20, wall_seconds), workplace=tmp_path
    ) as work:
        time.sleep(wall_seconds + 0.5)
        assert work.result() == {"pages": 3}
    assert list(tmp_path.iterdir()) == []


def test_work_nobody_listens_to_is_ended_with_its_folder(tmp_path: Path) -> None:
    with Work(f"{HERE}:wait", limits=Limits(512 * 1024**2, 20, 60), workplace=tmp_path):
        child = child_of(tmp_path)
    wait_until_dead(child)
    assert list(tmp_path.iterdir()) == []


def test_a_crash_does_not_wait_for_what_libraries_left_behind() -> None:
    """A damaged Word file once held its worker until the clock ran out."""
    assert code("leave_a_lock_to_the_end") == "damaged"


def test_the_most_memory_a_child_held_is_known_when_it_has_ended() -> None:
    limits = Limits(512 * 1024**2, 20, 60)
    with pytest.raises(UnreadableDocument), Work(f"{HERE}:eat_memory", limits=limits) as work:
        work.result()
    assert 100 * 1024**2 < work.peak_bytes < limits.memory_bytes
