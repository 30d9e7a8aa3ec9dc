"""Sets of questions with gold answers, versions of them, runs, candidates, and the gate to what answers people."""
