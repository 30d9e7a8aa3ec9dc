"""What templates of answers and measurements need beside Django's own."""
