"""Chunks: exact, complete, in order, of bearable size, and by structure."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import LONGEST, TARGET, Chunk, chunk_pages, embedding_input
from ingest.parsers.base import ParsedPage
from ingest.parsers.cleaning import clean_text
from ingest.parsers.markdown import markdown_headings
from knowledge.language import language_of

LINES = st.one_of(
    st.just(""),
    st.text(max_size=200),
    st.builds(lambda word, n: (word + " ") * n, st.sampled_from(["word", "Größe.", "数据。"]), st.integers(0, 400)),
    st.builds(lambda level, title: "#" * level + " " + title, st.integers(1, 6), st.text(min_size=1, max_size=40)),
    st.builds(lambda cells: "| " + " | ".join(cells) + " |", st.lists(st.text(max_size=30), min_size=1, max_size=9)),
    st.builds(lambda text: "x" * 3000 + text, st.text(max_size=5)),
)


def page(text: str, number: int = 1) -> ParsedPage:
    return ParsedPage(number, "text", text, headings=markdown_headings(text))


def chunks(text: str) -> list[Chunk]:
    return list(chunk_pages([page(text)]))


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_every_character_is_in_one_chunk_at_its_place(lines: list[str]) -> None:
    text = clean_text("\n".join(lines))
    found = chunks(text)
    position = 0
    for chunk in found:
        assert 0 < chunk.end - chunk.start <= 2 * LONGEST
        assert not text[position : chunk.start].strip()
        assert text[chunk.start : chunk.end] == text[chunk.start : chunk.end].strip()
        position = chunk.end
    assert not text[position:].strip()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["A short sentence here.", "Another one, somewhat longer than that one was."]), min_size=1)
)
def test_prose_is_cut_between_sentences_and_near_the_target(sentences: list[str]) -> None:
    text = " ".join(sentences)
    found = chunks(text)
    assert all(chunk.end - chunk.start <= TARGET + 60 for chunk in found[:-1])
    # A last sentence or two too short to be found by stays with what goes before.
    assert all(chunk.end - chunk.start <= LONGEST for chunk in found)
    assert all(text[chunk.start : chunk.end].endswith(".") for chunk in found)
    assert all(chunk.end - chunk.start >= 0.7 * TARGET for chunk in found[:-2])


def test_sections_are_not_mixed_and_carry_their_path() -> None:
    text = "# Handbook\n\n## Leave\n\nTwenty-seven days a year.\n\n### Interns\n\nTen days.\n\n## Pay\n\nMonthly."
    assert [(text[c.start : c.end].splitlines()[-1], c.heading_path) for c in chunks(text)] == [
        ("Twenty-seven days a year.", ("Handbook", "Leave")),
        ("Ten days.", ("Handbook", "Leave", "Interns")),
        ("Monthly.", ("Handbook", "Pay")),
    ]


def test_a_heading_holds_on_over_the_next_page() -> None:
    found = list(chunk_pages([page("# Warranty\n\nThree years."), page("Except for batteries.", 2)]))
    assert [(c.page_number, c.heading_path) for c in found] == [(1, ("Warranty",)), (2, ("Warranty",))]


def test_a_long_table_is_cut_between_rows_and_its_header_goes_along_outside_the_text() -> None:
    rows = [f"| Article number {n} | {n * 3} euros | in stock at the depot |" for n in range(60)]
    text = "\n".join(["| Article | Price | Stock |", "| --- | --- | --- |", *rows])
    found = chunks(text)
    assert len(found) > 3
    assert all(text[c.start : c.end].startswith("|") and text[c.start : c.end].endswith("|") for c in found)
    assert [c.table_header for c in found] == ["", *["| Article | Price | Stock |"] * (len(found) - 1)]
    assert "Article | Price" not in text[found[1].start : found[1].end]


def test_what_is_embedded_begins_with_the_place() -> None:
    given_text = embedding_input("Price list", ("Price list", "Meters"), "| Article | Price |", "| Tarn | 149 |")
    assert given_text == "Price list › Meters\n| Article | Price |\n| Tarn | 149 |"


def test_languages() -> None:
    sentences = {
        "en": "Employees receive twenty-seven days of paid leave every year.",
        "de": "Die Beschäftigten erhalten jedes Jahr siebenundzwanzig Tage bezahlten Urlaub.",
        "fr": "Les employés reçoivent vingt-sept jours de congés payés chaque année.",
        "es": "Los empleados reciben veintisiete días de vacaciones pagadas cada año.",
        "it": "I dipendenti ricevono ventisette giorni di ferie pagate ogni anno.",
        "nl": "De medewerkers krijgen elk jaar zevenentwintig dagen betaald verlof.",
        "pt": "Os funcionários recebem vinte e sete dias de férias pagas todos os anos.",
        "ru": "Сотрудники получают двадцать семь дней оплачиваемого отпуска каждый год.",
        "zh": "员工每年享有二十七天带薪休假。",
        "ja": "従業員は毎年二十七日の有給休暇を取ることができます。",
        "ko": "직원들은 매년 이십칠 일의 유급 휴가를 받습니다.",
        "ar": "يحصل الموظفون على سبعة وعشرين يوما من الإجازة المدفوعة كل عام.",
        "el": "Οι εργαζόμενοι λαμβάνουν είκοσι επτά ημέρες άδειας μετ' αποδοχών κάθε χρόνο.",
        "th": "พนักงานได้รับวันหยุดพักผ่อนประจำปีโดยได้รับค่าจ้างยี่สิบเจ็ดวัน",
        "hi": "कर्मचारियों को हर साल सत्ताईस दिनों की सवैतनिक छुट्टी मिलती है।",
    }
    assert {code: language_of(text) for code, text in sentences.items()} == {code: code for code in sentences}
    assert language_of("42 / 7", default="de") == "de"
