"""Notices: what an admin, a chief mentor or a mentor says to many at once, and what became of it."""
