"""``manage.py benchmark``: what it measures is what runs, and it says what it could not measure."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from config.benchmarking.long_document import PAGES, long_document


def test_the_long_document_has_its_pages_and_an_edit_changes_one() -> None:
    words = ["The pump (in depot 4) is looked at every week.", "Größe und Maß: 5 \\ 7"]
    before, after = (
        [page.extract_text() for page in PdfReader(io.BytesIO(long_document(words, edited=edited))).pages]
        for edited in (0, 7)
    )
    assert len(before) == len(after) == PAGES
    assert "pump (in depot 4)" in before[0]
    assert "Größe und Maß: 5 \\ 7" in " ".join(before[0].split())
    assert [number for number, texts in enumerate(zip(before, after, strict=True), 1) if len(set(texts)) == 2] == [7]


@pytest.mark.slow
def test_a_folder_is_measured_beside_the_bare_parts(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(f"# Depot {number}\n\nIt opens at {number + 5} in the morning.")
    (tmp_path / "empty.txt").write_text(" ")
    out = io.StringIO()
    call_command("benchmark", "--files", str(tmp_path), "--rounds", "2", "--no-edit", "--json", stdout=out)
    figures = json.loads(out.getvalue())
    assert (figures["documents"], figures["not_ready"], figures["passages"], figures["embedded"]) == (3, 1, 3, 3)
    assert len(figures["pipeline_over_bare_encoder_rounds"]) == 2
    assert "absent" in figures["peer"]
    assert "peer_search_ms" not in figures
    named = ("question_embedding_ms", "question_embedding_bare_ms", "search_ms", "bare_faiss_ms")
    assert all(figures[name] > 0 for name in named)


def test_what_cannot_be_measured_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not a folder"):
        call_command("benchmark", "--files", str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="At least one round"):
        call_command("benchmark", "--files", str(tmp_path), "--rounds", "0")
