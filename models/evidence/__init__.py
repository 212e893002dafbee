"""A mentor's own sheet of what was done, for the mentor alone to hand in."""
