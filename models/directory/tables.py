"""The tables of models/directory."""
