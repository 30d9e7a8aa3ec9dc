"""Reviewing answers: what comes before a reviewer and why, who has it, what was judged, and how far two agree."""
