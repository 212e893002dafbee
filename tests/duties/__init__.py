"""The mentor's week: what is due, when it is said, and that it is said once."""
