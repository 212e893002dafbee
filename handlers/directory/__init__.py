"""The directory: looking something up, signing up, offering."""
