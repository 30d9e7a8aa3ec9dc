"""The benchmark of the index runs as an operator would run it and says what it promises."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command


def test_it_prints_speed_recall_and_memory(tmp_path: Path) -> None:
    sentences = [f"Pump number {number} stands in hall {number % 7} and was serviced." for number in range(60)]
    (tmp_path / "pumps.md").write_text("\n\n".join(sentences))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    output = StringIO()
    call_command("benchmark", "--index", "2000", "--files", str(tmp_path), "--json", stdout=output)
    figures = json.loads(output.getvalue())
    assert (figures["passages"], figures["real_sentences"]) == (2000, 60)
    for share in ("0.01", "0.1", "1", "5", "10", "50", "100"):
        # So few are all compared: nothing may be missed.
        assert figures[f"{share}%_recall@20"] == 1.0
        assert figures[f"{share}%_p95_ms"] >= figures[f"{share}%_p50_ms"] >= 0
    assert figures["100%_visible"] == 2000
    assert figures["serving_rss_mb"] >= figures["serving_pss_mb"] > 0
    names = {"load_ms", "added_per_second", "removed_per_second", "next_snapshot_seconds", "add_one_document_ms"}
    assert names <= figures.keys()
