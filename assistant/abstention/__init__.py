"""Whether to answer at all: the signs, the probability they give, and where it comes from."""
