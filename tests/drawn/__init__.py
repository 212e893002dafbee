"""Files and pictures that are drawn: what stands in them, read back."""
