"""Courses, hours, the week's case."""
