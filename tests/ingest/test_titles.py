"""What a document is called: its own title when it has a good one, and never over what a person chose."""

from __future__ import annotations

import pytest

from ingest.parsers.base import Heading, ParsedPage
from ingest.pipeline import run_inline
from ingest.titles import own_title
from knowledge.models import Document
from tests.ingest import files
from tests.ingest.conftest import Upload


def page(text: str, title: str = "", level: int = 1, kind: str = "text") -> ParsedPage:
    headings = (Heading(text.index(title), level, title),) if title else ()
    return ParsedPage(1, kind, text, headings=headings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stated", "heading", "kind", "expected"),
    [
        ("", "Office guide: Kestrel Bay", "text", "Office guide: Kestrel Bay"),
        ("Office guide", "Welcome, all of you", "text", "Welcome, all of you"),
        ("Office guide", "Welcome, all of you", "page", "Office guide"),  # a PDF's headings are guesses
        ("Office guide", "1 Purpose", "text", "Office guide"),
        ("Company template 2019", "", "text", ""),  # nothing of it stands in the document
        ("Microsoft Word - office guide.doc", "", "page", ""),
        ("office-guide.pdf", "", "page", ""),
        ("Untitled", "Contents", "text", ""),
        ("", "Re: AW: The office move", "text", "The office move"),
        ("", "2026-09", "text", ""),
        ("", "A heading " * 20, "text", ""),
    ],
)
def test_the_documents_own_title(stated: str, heading: str, kind: str, expected: str) -> None:
    text = f"{heading.strip()}\nThe office guide of Kestrel Bay."
    assert own_title(stated, page(text, heading.strip(), kind=kind), "office-guide-2026.docx") == expected


def test_a_heading_of_a_part_is_no_title() -> None:
    assert own_title("", page("Some words first. " * 30 + "Parking", "Parking"), "a.md") == ""
    assert own_title("", page("Parking", "Parking", level=2), "a.md") == ""


@pytest.mark.django_db
def test_a_new_document_takes_its_own_title_before_it_is_embedded(upload: Upload) -> None:
    accepted = upload("office_guide.md", b"# Office guide: Kestrel Bay\n\nDogs are welcome on Wednesdays.\n")
    assert accepted.document.title == "Office guide"
    run_inline(accepted.version)
    named = Document.objects.get()
    assert (named.title, named.name) == ("Office guide: Kestrel Bay", "office_guide.md")
    before = accepted.version.passages.get().input_hash
    again = upload("other.md", b"# Office guide: Kestrel Bay\n\nDogs are welcome on Wednesdays.\nAnd cats.\n")
    run_inline(again.version)
    # The title is taken, so this one keeps what its file was called.
    assert Document.objects.get(name="other.md").title == "Other"
    assert again.version.passages.get().input_hash != before


@pytest.mark.django_db
def test_a_title_somebody_chose_stays(upload: Upload) -> None:
    accepted = upload("guide.md", b"# Office guide\n\nDogs are welcome.\n")
    Document.objects.filter(pk=accepted.document.pk).update(title="Where we work")
    run_inline(accepted.version)
    assert Document.objects.get().title == "Where we work"


@pytest.mark.django_db
def test_a_later_version_renames_nothing(upload: Upload) -> None:
    run_inline(upload("guide.txt", b"Dogs are welcome on Wednesdays.\n").version)
    run_inline(upload("guide.txt", b"# The great office guide\n\nDogs are welcome on Fridays.\n").version)
    assert Document.objects.get().title == "Guide"


@pytest.mark.django_db
def test_files_without_a_title_of_their_own_keep_the_name(upload: Upload) -> None:
    run_inline(upload("phone-list.csv", b"Name,Extension\nAnna,4711\n").version)
    run_inline(upload("slides.pptx", files.pptx()).version)
    titles = dict(Document.objects.values_list("name", "title"))
    assert titles["phone-list.csv"] == "Phone list"
    assert titles["slides.pptx"]
