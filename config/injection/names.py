"""Words that both sides of the measurement know."""

ELSEWHERE = "evil.example"
HIDDEN = "Larkwright-7731"  # stands in a document the asker may not read
