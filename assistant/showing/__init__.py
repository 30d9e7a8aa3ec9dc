"""What is shown of answers and of all of them together."""
