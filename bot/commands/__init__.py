"""What the operator types: one file a command where it is more than a few lines."""
