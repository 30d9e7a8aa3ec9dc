"""Measuring the check of sentences: true statements, said again faithfully or falsified on purpose, and how many of each
raise the alarm."""
