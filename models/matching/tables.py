"""The tables of models/matching."""
