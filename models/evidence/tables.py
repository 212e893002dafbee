"""The tables of models/evidence."""
