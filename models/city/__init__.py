"""Counts over schools, and who knows the mentor: numbers, never names."""
