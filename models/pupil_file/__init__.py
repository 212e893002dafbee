"""One pupil, one file, and what of it goes on to the next mentor or school."""
