"""Counts over schools for the centre, inviting families again, and the yearly question who the mentor is."""
