"""The tables of models/pupil_file."""
