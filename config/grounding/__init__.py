"""Measuring the check of sentences: true statements, said again or falsified on purpose, and which raise the alarm."""
