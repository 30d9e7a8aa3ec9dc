"""What the template of the reading children imports once, so that no file waits for it: all parsers, and the
libraries they import late because a process that reads one kind of file can do without the others.

markitdown brings a library with it that starts a thread; it sleeps, and nothing that parsers do needs it.
"""

from __future__ import annotations

import markitdown.converters
import openpyxl
import xlrd

from ingest import parsers
from ingest.parsers import xlsx_rows

__all__ = ["markitdown", "openpyxl", "parsers", "xlrd", "xlsx_rows"]
