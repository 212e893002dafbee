"""Notices: written by a few, read by many."""
