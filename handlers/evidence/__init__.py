"""A mentor's own sheet of what was done."""
