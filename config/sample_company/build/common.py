"""Shared helpers for the builders: fixed dates and archives that come out the same on every run.

Every builder module offers ``build(root: Path) -> None``; ``root`` is the ``files`` folder that holds
one folder per collection (``root / "hr" / "some-file.docx"``).
"""

import re
import zipfile
from datetime import datetime
from pathlib import Path

COMPANY = "Orrin Vale Instruments Ltd"
FIXED_DATE = datetime(2026, 10, 1, 9, 0, 0)
TEXT_FOLDER = Path(__file__).parent / "text"
ZIP_TIME = (2026, 10, 1, 9, 0, 0)


def source(name: str) -> str:
    """The text of one source file under ``build/text``."""
    return (TEXT_FOLDER / name).read_text(encoding="utf-8")


def target(root: Path, collection: str, name: str) -> Path:
    """The path of a file in a collection; the folder exists afterwards."""
    folder = root / collection
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def rezip(path: Path) -> None:
    """Write an Office file again with constant timestamps and a constant order of members."""
    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, _dated(archive.read(info))) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(members, key=_member_order):
            info = zipfile.ZipInfo(name, date_time=ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)


def _dated(data: bytes) -> bytes:
    """The same member; openpyxl sets its time of change to now, whatever the program asked for."""
    stamp = FIXED_DATE.strftime(r"\g<1>%Y-%m-%dT%H:%M:%SZ<").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*<", stamp, data)


def _member_order(member: tuple[str, bytes]) -> tuple[bool, str]:
    """Office programs expect the content types first."""
    return member[0] != "[Content_Types].xml", member[0]
