"""A mentor's own sheet of the practice: seen by its mentor alone until it is handed in."""
