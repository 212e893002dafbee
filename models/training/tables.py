"""The tables of models/training."""
