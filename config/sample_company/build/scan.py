"""The evacuation plan of the factory: a scanned sheet, so a PDF of pictures without a text layer."""

from io import BytesIO
from pathlib import Path
from random import Random

import reportlab
from PIL import Image, ImageChops, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from config.sample_company.build.common import source, target

DPI = 150
SIZE = (round(A4[0] / 72 * DPI), round(A4[1] / 72 * DPI))
PAPER, INK = 244, 40
FONTS = Path(reportlab.__file__).parent / "fonts"
TILTS = (0.7, -0.9)


def _font(size: int, name: str = "Vera") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size)


def _sheet(text: str) -> Image.Image:
    """A page of text as it left the printer."""
    page = Image.new("L", SIZE, PAPER)
    pen = ImageDraw.Draw(page)
    y = 130
    for line in text.strip().splitlines():
        heading = line.startswith("#")
        font = _font(34, "VeraBd") if heading else _font(22)
        pen.text((120, y), line.lstrip("# "), fill=INK, font=font)
        y += 62 if heading else 38
    pen.rectangle((90, 90, SIZE[0] - 90, SIZE[1] - 90), outline=INK, width=3)
    return page


def _scanned(page: Image.Image, tilt: float, seed: int) -> Image.Image:
    """The same page as it came out of the scanner: a little turned and with specks."""
    turned = page.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=PAPER)
    width, height = SIZE[0] // 4, SIZE[1] // 4
    grain = Image.frombytes("L", (width, height), Random(seed).randbytes(width * height))
    specks = grain.point([value // 12 for value in range(256)]).resize(SIZE)
    return ImageChops.subtract(turned, specks)


def _jpeg(page: Image.Image) -> BytesIO:
    stream = BytesIO()
    page.save(stream, "JPEG", quality=45, optimize=True)
    stream.seek(0)
    return stream


def build(root: Path) -> None:
    path = target(root, "everyone", "factory-evacuation-plan-scanned.pdf")
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setTitle("scan_0417")
    for number, text in enumerate(source("factory-evacuation-plan.txt").split("---")):
        page = _scanned(_sheet(text), TILTS[number], seed=number)
        canvas.drawImage(ImageReader(_jpeg(page)), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
