"""The tables of models/city."""
