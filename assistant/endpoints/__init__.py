"""Which language models may answer, how they are doing, and what they cost. What they are asked is ``generators/``."""
