"""How one answer comes about, from the question to the last sentence that was checked."""
