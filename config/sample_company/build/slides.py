"""The slides that the board saw on the third quarter of 2026."""

from dataclasses import dataclass, field
from pathlib import Path

from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Inches, Pt

from config.sample_company.build.common import FIXED_DATE, rezip, target

TITLE_SLIDE, BULLETS, TITLE_ONLY = 0, 1, 5


@dataclass(frozen=True)
class Page:
    """One slide: its title, its bullets or its table, and what the speaker says."""

    title: str
    notes: str
    bullets: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


PAGES = [
    Page(
        "Third quarter in short",
        "Start with the quarter as a whole. Q3 was the best third quarter in our history, but it contains "
        "a delivery of EUR 0.5 million that was planned for October.",
        [
            "Revenue of EUR 10.9 million, 3.8 percent above budget",
            "Gross margin of 54.2 percent",
            "EBITDA of EUR 1.38 million against a budget of EUR 1.06 million",
            "Cash of EUR 7.8 million on 30 September",
        ],
    ),
    Page(
        "Figures against budget",
        "The costs of quality are above budget because of the salt fog test and the blocked rings.",
        rows=[
            ["EUR million", "Q3 actual", "Q3 budget", "Nine months actual", "Nine months budget"],
            ["Revenue", "10.90", "10.50", "31.20", "31.00"],
            ["Gross profit", "5.91", "5.62", "16.73", "16.59"],
            ["Operating costs", "4.53", "4.56", "13.61", "13.69"],
            ["EBITDA", "1.38", "1.06", "3.12", "2.90"],
            ["Capital spending", "0.31", "0.28", "0.55", "0.58"],
        ],
    ),
    Page(
        "Sales by region",
        "If asked: two large cities in the south have postponed their tenders to 2027.",
        rows=[
            ["Region", "Q3 2026, EUR million", "Change on Q3 2025"],
            ["Nordic countries", "4.1", "+14 percent"],
            ["Western Europe", "3.3", "+6 percent"],
            ["Southern Europe", "1.4", "-11 percent"],
            ["North America", "1.3", "+22 percent"],
            ["Rest of the world", "0.8", "+3 percent"],
        ],
    ),
    Page(
        "Skerry",
        "Churn is mostly small customers with one logger. The price rise of 4 percent in July led to nine complaints.",
        [
            "Recurring revenue of EUR 4.6 million a year",
            "6,820 loggers connected on 30 September",
            "Renewal rate of 92 percent",
            "Availability in the quarter of 99.97 percent",
        ],
    ),
    Page(
        "Production and supply",
        "Do not name the plating supplier, because we are in talks about damages of EUR 85,000.",
        [
            "On-time delivery of 91 percent, target 95 percent",
            "Order backlog of EUR 14.7 million",
            "640 lock rings blocked after the salt fog test",
            "Building work for the second coating line began on 7 September",
        ],
    ),
    Page(
        "People",
        "The vacancies in firmware have been open for more than 120 days on average.",
        [
            "241 employees on 30 September",
            "Staff turnover of 7.4 percent over twelve months",
            "Six open positions, three of them in firmware",
            "One accident with lost working time in the quarter",
        ],
    ),
    Page(
        "Outlook for the year",
        "We keep a reserve of EUR 0.3 million in the forecast for the ring exchange.",
        [
            "Revenue forecast of EUR 43.3 million, budget EUR 42.9 million",
            "EBITDA forecast of EUR 4.7 million, budget EUR 4.5 million",
            "Largest risk: 180 loggers for one fish farming group, due on 15 December",
            "No change to the dividend policy",
        ],
    ),
    Page(
        "Decisions asked of the board",
        "The vote on Project Heron is taken in the closed part of the meeting, without guests.",
        [
            "Approve the exchange of lock rings at customers, up to EUR 310,000",
            "Approve the extension of the credit line from EUR 3 million to EUR 5 million",
            "Take note of the status of Project Heron",
        ],
    ),
]


def _opening(deck: Deck) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_SLIDE])
    _title(slide, "Board meeting, third quarter 2026")
    slide.placeholders[1].text = "Orrin Vale, 22 October 2026. Ingrid Solheim-Parr and Tobias Achterberg"
    _notes(slide, "Welcome. We have 75 minutes, and 20 of them are for questions.")


def _add(deck: Deck, page: Page) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY if page.rows else BULLETS])
    _title(slide, page.title)
    if page.rows:
        _table(slide, page.rows)
    else:
        slide.placeholders[1].text = "\n".join(page.bullets)
    _notes(slide, page.notes)


def _title(slide: Slide, text: str) -> None:
    assert slide.shapes.title is not None
    slide.shapes.title.text = text


def _notes(slide: Slide, text: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    assert frame is not None
    frame.text = text


def _table(slide: Slide, rows: list[list[str]]) -> None:
    size = Inches(0.5), Inches(1.8), Inches(9), Inches(0.45 * len(rows))
    drawn = slide.shapes.add_table(len(rows), len(rows[0]), *size).table
    for row_number, row in enumerate(rows):
        for column_number, text in enumerate(row):
            cell = drawn.cell(row_number, column_number)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(16)


def build(root: Path) -> None:
    deck = Presentation()
    _opening(deck)
    for page in PAGES:
        _add(deck, page)
    properties = deck.core_properties
    properties.title = "Board meeting, third quarter 2026"
    properties.author = properties.last_modified_by = "Tobias Achterberg"
    properties.created = properties.modified = FIXED_DATE
    path = target(root, "board", "board-slides-2026-q3.pptx")
    deck.save(str(path))
    rezip(path)
