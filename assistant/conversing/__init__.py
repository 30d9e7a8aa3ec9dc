"""What people do with conversations: keep, find, share, export, queue, try."""
