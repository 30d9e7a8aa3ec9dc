"""Files that are archives of parts: some parts are changed before a library reads the whole. In memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree


def with_parts(
    source: Path | BinaryIO, change: Callable[[str, bytes], bytes], without: tuple[str, ...] = ()
) -> BinaryIO:
    """The archive with ``change(name, content)`` in place of each part's content; parts whose names end in one of
    ``without`` are left out, so that it costs nothing when they are damaged.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name.lower().endswith(without):
                continue
            new.writestr(name, change(name, old.read(name)))
    out.seek(0)
    return out


def xml_tree(content: bytes) -> Any:
    """The root element. Nothing is fetched, and entities stay what they are: unread.

    Raises etree.XMLSyntaxError, MemoryError.
    """
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise


def xml_bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
