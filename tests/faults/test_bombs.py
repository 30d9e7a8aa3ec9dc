"""Small files that unpack to something enormous: the child that reads one dies at its limits with a sentence, and the
documents beside it go on."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from ingest.models import IngestJob
from ingest.pipeline import run_inline
from ingest.reading import Begun
from knowledge.models import Document, DocumentVersion
from tests.faults.bad_files import one_page, stream
from tests.ingest.conftest import Upload
from tests.ingest.conftest import blobs as blobs
from tests.ingest.conftest import upload as upload

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MEGABYTE = 1024 * 1024
RESOURCES = {"too_large", "too_slow"}


def deflated(megabytes: int, unit: bytes = b"BT (words) Tj ET ") -> bytes:
    squeeze = zlib.compressobj(9)
    part = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
    return b"".join(squeeze.compress(part) for _ in range(megabytes)) + squeeze.flush()


def flate_bomb() -> bytes:
    return one_page(stream(deflated(1000)))


def twice_deflated() -> bytes:
    """A thousand to one, and that again."""
    return one_page(stream(zlib.compress(deflated(1000), 9), b"/Filter[/FlateDecode/FlateDecode]"))


def endless_drawing() -> bytes:
    """Unpacks to little and takes for ever: one step after the other, each of them nested deeper."""
    return one_page(stream(zlib.compress(b"q BT /F 9 Tf (w) Tj ET " * 3_000_000, 9)))


def packed(part: str, megabytes: int, head: bytes = b"", unit: bytes = b"<w:p/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(part, "w") as member:
        member.write(head)
        block = unit * (MEGABYTE // len(unit))
        for _ in range(megabytes):
            member.write(block)
    return out.getvalue()


def word_declared() -> bytes:
    return packed("word/document.xml", 1000)


def word_below_the_declared_limit() -> bytes:
    """Passes what is declared, and grows a hundredfold as a tree."""
    start = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    return packed("word/document.xml", 400, start, b"<w:p><w:r><w:t>x</w:t></w:r></w:p>")


def text_of_entities() -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><office:document-content>&l9;</office:document-content>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", text)
    return out.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "flate.pdf": (flate_bomb, RESOURCES | {"damaged", "no_text"}),
    "twice.pdf": (twice_deflated, RESOURCES | {"damaged", "no_text"}),
    "drawing.pdf": (endless_drawing, RESOURCES),
    "declared.docx": (word_declared, {"too_large"}),
    "tree.docx": (word_below_the_declared_limit, RESOURCES),
    "entities.odt": (text_of_entities, {"damaged"}),
}
EVERY_DAY = ("flate.pdf", "twice.pdf", "declared.docx", "tree.docx", "entities.odt")


def explode(upload: Upload, name: str) -> tuple[IngestJob, int]:
    make, _ = BOMBS[name]
    content = make()
    assert len(content) < 3 * MEGABYTE, "a bomb is small"
    version = upload(name, content).version
    with Begun(version) as begun:
        job = run_inline(version, begun)
    return job, begun.work.peak_bytes


@pytest.mark.parametrize("name", EVERY_DAY)
def test_a_bomb_ends_at_the_limits(upload: Upload, settings: Any, name: str) -> None:
    settings.PARSE_MEMORY_BYTES = 512 * MEGABYTE
    settings.PARSE_CPU_SECONDS = 10
    job, peak = explode(upload, name)
    assert job.state == IngestJob.State.FAILED
    assert job.error_code in BOMBS[name][1]
    assert job.error.endswith(".")
    assert peak <= settings.PARSE_MEMORY_BYTES


@pytest.mark.full
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_at_the_limits_that_ship(upload: Upload, settings: Any, name: str) -> None:
    assert (settings.PARSE_MEMORY_BYTES, settings.PARSE_CPU_SECONDS) == (1024 * MEGABYTE, 120)
    job, peak = explode(upload, name)
    assert (job.state, job.error_code in BOMBS[name][1]) == (IngestJob.State.FAILED, True)
    assert peak <= settings.PARSE_MEMORY_BYTES


def test_documents_beside_a_bomb_are_read(upload: Upload, settings: Any, people: SimpleNamespace) -> None:
    settings.PARSE_CPU_SECONDS = 5
    bomb = upload("tree.docx", word_below_the_declared_limit()).version
    memos = [upload(f"memo {n}.txt", f"Memo {n}: lunch is at {n}.").version for n in range(8)]

    def work(version: DocumentVersion) -> str:
        try:
            return str(run_inline(version).state)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        exploding = pool.submit(work, bomb)
        assert list(pool.map(work, memos)) == ["done"] * 8
        assert exploding.result() == "failed"
    assert Document.objects.visible_to(people.bob).filter(current__isnull=False).count() == 8
