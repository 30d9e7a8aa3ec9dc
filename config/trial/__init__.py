"""Trying a folder of files: ``folder`` watches, ``reading`` is the process that does the work."""
