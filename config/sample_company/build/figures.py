"""The line drawings in the product manuals."""

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, Rect, String
from reportlab.lib import colors

from config.sample_company.build.pdf_style import BLUE, PALE

Place = tuple[float, float, float, float]
Label = tuple[float, float, float, float, str]


def figure(name: str, width: float) -> Drawing:
    """A drawing by its name in the source text."""
    return {"buoy": _buoy, "keypad": _keypad, "mooring": _mooring}[name](width)


def _pointer(drawing: Drawing, label: Label) -> None:
    """A line from the part at (x, y) to its name."""
    x, y, text_x, text_y, text = label
    drawing.add(Line(x, y, text_x - 3, text_y + 2.5, strokeColor=colors.grey, strokeWidth=0.6))
    drawing.add(String(text_x, text_y, text, fontName="Helvetica", fontSize=7.5))


def _box(place: Place, fill: colors.Color, round_by: float = 0, dashes: list[int] | None = None) -> Rect:
    """A rectangle with a thin black edge."""
    box = Rect(*place, round_by, round_by)
    box.fillColor = fill
    if dashes:
        box.strokeDashArray = dashes
    return box


def _buoy(width: float) -> Drawing:
    """The Tarn 500 from the side."""
    drawing = Drawing(width, 205)
    left = width * 0.12
    drawing.add(Line(0, 118, width * 0.5, 118, strokeColor=BLUE, strokeDashArray=[4, 2]))
    drawing.add(Polygon([left, 130, left + 120, 130, left + 95, 92, left + 25, 92], fillColor=PALE))
    drawing.add(_box((left + 30, 130, 60, 18), colors.white))
    drawing.add(Line(left + 60, 148, left + 60, 190, strokeWidth=2))
    drawing.add(Circle(left + 60, 193, 5, fillColor=colors.orange))
    drawing.add(_box((left + 48, 42, 24, 50), colors.white))
    drawing.add(_box((left + 40, 12, 40, 30), colors.transparent, dashes=[2, 2]))
    labels: list[Label] = [
        (left + 65, 193, width * 0.6, 188, "1  Beacon and antenna mast"),
        (left + 90, 140, width * 0.6, 160, "2  Electronics housing"),
        (left + 112, 120, width * 0.6, 126, "3  Foam hull, 420 mm diameter"),
        (left + 72, 70, width * 0.6, 76, "4  Battery tube"),
        (left + 80, 28, width * 0.6, 32, "5  Sensor cage"),
    ]
    for label in labels:
        _pointer(drawing, label)
    return drawing


def _mooring(width: float) -> Drawing:
    """A single-point mooring with its swivel and its anchor chain."""
    drawing = Drawing(width, 150)
    x = width * 0.25
    drawing.add(Line(0, 128, width * 0.55, 128, strokeColor=BLUE, strokeDashArray=[4, 2]))
    drawing.add(Polygon([x - 20, 134, x + 20, 134, x + 13, 116, x - 13, 116], fillColor=PALE))
    drawing.add(Line(x, 116, x + 14, 40, strokeWidth=1.2))
    drawing.add(Circle(x + 3, 100, 3, fillColor=colors.white))
    drawing.add(Line(x + 14, 40, x + 40, 14, strokeWidth=2.5))
    drawing.add(_box((x + 38, 4, 26, 12), colors.grey))
    labels: list[Label] = [
        (x + 6, 100, width * 0.6, 104, "1  Stainless swivel"),
        (x + 9, 66, width * 0.6, 70, "2  Mooring line"),
        (x + 28, 26, width * 0.6, 38, "3  Ground chain"),
        (x + 64, 10, width * 0.6, 8, "4  Anchor block"),
    ]
    for label in labels:
        _pointer(drawing, label)
    return drawing


def _keypad(width: float) -> Drawing:
    """The front of the Tarn 200."""
    drawing = Drawing(width, 150)
    left = width * 0.15
    drawing.add(_box((left, 5, 80, 140), PALE, round_by=10))
    drawing.add(_box((left + 10, 80, 60, 50), colors.white))
    for column, text in enumerate(("READ", "CAL", "LOG")):
        drawing.add(Circle(left + 18 + column * 22, 55, 9, fillColor=colors.white))
        name = String(left + 18 + column * 22, 53, text, fontName="Helvetica", fontSize=5)
        name.textAnchor = "middle"
        drawing.add(name)
    drawing.add(Circle(left + 40, 25, 10, fillColor=colors.orange))
    labels: list[Label] = [
        (left + 70, 105, width * 0.6, 108, "1  Display"),
        (left + 71, 55, width * 0.6, 60, "2  READ, CAL and LOG keys"),
        (left + 50, 25, width * 0.6, 22, "3  Power key"),
    ]
    for label in labels:
        _pointer(drawing, label)
    return drawing
