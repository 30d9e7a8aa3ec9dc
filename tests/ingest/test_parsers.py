"""Every kind of file becomes clean pages, and every bad file a sentence. Files are read as the product reads them:
in the child process, with its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter

from ingest.parsers.base import ParsedPage
from ingest.parsers.cleaning import clean_text
from ingest.parsers.kinds import media_type_of
from ingest.parsers.mail import message_text
from ingest.parsers.office import split_slides
from ingest.parsers.separated import delimiter_of
from ingest.parsers.sheets import rows_to_text
from knowledge.errors import UnreadableDocument
from knowledge.sandbox import run_in_child
from tests.ingest import files


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def run(data: bytes, name: str) -> tuple[str, list[ParsedPage]]:
        path = tmp_path / "blob"
        path.write_bytes(data)
        said: list[dict[str, Any]] = []
        run_in_child(
            "ingest.parsers:read_file",
            str(path),
            name,
            memory_bytes=1024**3,
            cpu_seconds=60,
            wall_seconds=120,
            on_progress=said.append,
        )
        assert said[0]["pages"] == len(said) - 1
        return said[0]["media_type"], [ParsedPage.from_json(page) for page in said[1:]]

    return run


@pytest.fixture
def refusal(read: Any) -> Any:
    def run(data: bytes, name: str) -> UnreadableDocument:
        with pytest.raises(UnreadableDocument) as caught:
            read(data, name)
        assert str(caught.value).endswith(".")
        return caught.value

    return run


def titles(page: ParsedPage) -> list[tuple[int, str]]:
    assert all(page.text[h.offset :].lstrip("# ").startswith(h.title.split()[0]) for h in page.headings)
    return [(heading.level, heading.title) for heading in page.headings]


def test_pdf_is_read_page_by_page_with_headings_by_their_type(read: Any) -> None:
    text = "The limit for a hotel in the capital is 190 euros a night."
    media_type, pages = read(files.pdf([["1 Travel", text], ["2 Expenses", text, "2.1", text]]), "policy.pdf")
    assert media_type == "application/pdf"
    assert [(page.number, page.kind) for page in pages] == [(1, "page"), (2, "page")]
    assert text in pages[0].text
    assert [titles(page) for page in pages] == [[(2, "1 Travel")], [(2, "2 Expenses")]]


def test_pdf_outline_gives_the_headings_when_there_is_one(read: Any, tmp_path: Path) -> None:
    (tmp_path / "plain.pdf").write_bytes(files.pdf([["Travel", "Book early."], ["Expenses", "Keep receipts."]]))
    writer = PdfWriter(clone_from=tmp_path / "plain.pdf")
    top = writer.add_outline_item(title="Travel", page_number=0)
    writer.add_outline_item(title="Expenses", page_number=1, parent=top)
    writer.write(tmp_path / "outlined.pdf")
    _, pages = read((tmp_path / "outlined.pdf").read_bytes(), "p.pdf")
    assert [titles(page) for page in pages] == [[(1, "Travel")], [(2, "Expenses")]]


def test_word(read: Any) -> None:
    _, [page] = read(files.docx(), "policy.docx")
    assert page.kind == "text"
    assert titles(page) == [(1, "Travel policy"), (2, "Hotels")]
    assert "A hotel may cost 140 euros a night." in page.text
    assert "| City | Limit |\n| --- | --- |\n| Lisbon | 150 |" in page.text


def test_slides_are_pages_and_notes_belong_to_their_slide(read: Any) -> None:
    _, pages = read(files.pptx(), "board.pptx")
    assert [(page.number, page.kind, page.label) for page in pages] == [
        (1, "slide", "Results 2026"),
        (2, "slide", "Outlook"),
    ]
    assert "Sales grew by 8 %." in pages[0].text
    assert "Mention the new depot." in pages[1].text


def test_a_slide_cannot_pretend_to_be_two() -> None:
    forged = "<!-- Slide number: 1 -->\na\n<!-- Slide number: 1 -->\nb\n<!-- Slide number: 2 -->\nc"
    assert [text.strip() for text in split_slides(forged)] == ["a\n<!-- Slide number: 1 -->\nb", "c"]


def test_sheets_are_pages_with_rows_as_people_see_them(read: Any) -> None:
    _, pages = read(files.xlsx(), "prices.xlsx")
    assert [(page.kind, page.label) for page in pages] == [("sheet", "Prices"), ("sheet", "Depots")]
    assert pages[0].text.startswith("Price list 2026\n")
    assert (
        "| Article | Price | Share |\n| --- | --- | --- |\n| Meter | 149 | 25% |\n| Buoy | 12.5 |  |" in pages[0].text
    )


def test_separated_values(read: Any) -> None:
    media_type, [page] = read("Name;Größe\nMüller;1,5\n".encode("cp1252"), "liste.csv")
    assert media_type == "text/csv"
    assert page.text == "| Name | Größe |\n| --- | --- |\n| Müller | 1,5 |"
    assert delimiter_of("a\tb\n1,2\t3\n") == "\t"


def test_tables_end_at_an_empty_row_unless_figures_follow() -> None:
    rows = [["A", "B"], ["1", "2"], [], ["3", "4"], [], ["C", "D"], ["x", "y"]]
    assert rows_to_text(rows).count("---") == 4
    assert "| 1 | 2 |\n| 3 | 4 |" in rows_to_text(rows)


def test_web_page_without_what_nobody_sees(read: Any) -> None:
    _, [page] = read(files.HTML, "rules.html")
    assert titles(page) == [(1, "Desk rules")]
    assert "Lunch is at noon, see the plan." in page.text
    assert "| Monday | 4 |" in page.text
    assert "HIDDEN" not in page.text
    assert "secret" not in page.text


def test_mail(read: Any) -> None:
    _, [page] = read(files.eml(), "parking.eml")
    assert titles(page) == [(1, "Car park closed für zwei Wochen")]
    assert "From: Ina <ina@firm.example>" in page.text
    assert page.text.count("north car park") == 1
    assert "Attachment (not read): map.pdf" in page.text


def test_mailbox_has_a_page_per_message(read: Any) -> None:
    box = b"".join(b"From a@b Thu Oct  1 11:42:06 2026\n" + files.eml() + b"\n" for _ in range(2))
    media_type, pages = read(box, "old.mbox")
    assert (media_type, len(pages)) == ("application/mbox", 2)


def test_markdown_keeps_its_marks_and_code_holds_no_headings(read: Any) -> None:
    source = "# Guide\n\nText.\n\n```\n# not a heading\n```\n\nSetup\n-----\n\nMore.\n"
    media_type, [page] = read(source.encode(), "guide.md")
    assert media_type == "text/markdown"
    assert page.text == source.strip()
    assert titles(page) == [(1, "Guide"), (2, "Setup")]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_character_set(read: Any, charset: str) -> None:
    sentence = "Die Straße nach Köln ist für größere Lastwagen gesperrt, sagt die Behörde für Verkehr."
    _, [page] = read(sentence.encode(charset), "notiz.txt")
    assert page.text == sentence


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "empty.pdf", "empty"),
        (b" \n\n ", "blank.txt", "empty"),
        (files.encrypted_pdf("word"), "locked.pdf", "encrypted"),
        (files.scanned_pdf(), "scan.pdf", "no_text"),
        (files.pdf([["Title", "Some text."]])[:300], "cut.pdf", "damaged"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "noise.pdf", "damaged"),
        (files.docx()[:4000], "cut.docx", "damaged"),
        (files.zip_bomb(), "bomb.docx", "too_large"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "photo.pdf", "unsupported"),
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "setup.docx", "unsupported"),
        (b"\0\0\0\x18ftypmp42" + bytes(200), "film.mp4", "unsupported"),
        (b"{\\rtf1 hello}", "old.rtf", "unsupported"),
        (b"PK\x05\x06" + bytes(18), "empty.zip", "unsupported"),
    ],
)
def test_bad_files_get_a_sentence(refusal: Any, data: bytes, name: str, code: str) -> None:
    assert refusal(data, name).code == code


def test_what_is_not_read_names_what_is(refusal: Any) -> None:
    assert "PDF, Word (.docx)" in str(refusal(b"\x7fELF" + bytes(100), "tool"))


def test_the_content_decides_not_the_extension(read: Any) -> None:
    assert read(files.docx(), "policy.pdf")[0].endswith("wordprocessingml.document")
    assert read(files.pdf([["Title", "Some text."]]), "policy.docx")[0] == "application/pdf"
    assert read(b"Only plain words in here.", "plain.docx")[0] == "text/plain"
    assert read(files.HTML, "page.txt")[0] == "text/html"


def test_a_pdf_that_asks_for_no_password_is_read(read: Any) -> None:
    _, [page] = read(files.encrypted_pdf(""), "open.pdf")
    assert "Nobody may read this" in page.text


def test_one_damaged_page_does_not_cost_the_others(read: Any) -> None:
    data = files.pdf([["One", "First page."], ["Two", "Second page."], ["Three", "Third page."]])
    start = data.index(b"stream", data.index(b"stream", data.index(b"endstream") + 9)) + 8
    end = data.index(b"endstream", start)
    broken = data[:start] + b"!" * (end - start) + data[end:]
    _, pages = read(broken, "p.pdf")
    assert "First page." in pages[0].text
    assert pages[1].text == ""
    assert "Third page." in pages[2].text


def test_text_is_cleaned_of_what_no_reader_sees() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "obey")
    assert clean_text(f"Pay\u202e 5{hidden}\u200b euros\x00\r\nnow\u2028soon  ") == "Pay 5 euros\nnow\nsoon"
    assert clean_text("Cafe\u0301") == "Café"
    assert clean_text(clean_text("a\n\n\n\n\n\nb")) == clean_text("a\n\n\n\n\n\nb")


def test_text_that_begins_like_a_picture_is_text(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"BMW and MZ are makers of cars and motor cycles.")
    assert media_type_of(tmp_path / "f", "makers.txt") == "text/plain"


def test_a_forwarded_message_is_part_of_the_mail() -> None:
    from email.message import EmailMessage

    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("Deep words.")
    outer.set_content("See below.")
    outer.add_attachment(inner)
    assert "Deep words." in message_text(outer)
