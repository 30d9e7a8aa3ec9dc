"""Answers a reviewer vouches for: kept, matched when the same thing is asked, and lapsing when a source changes."""
