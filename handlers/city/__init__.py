"""Counts over schools, and who knows the mentor."""
