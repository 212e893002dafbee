"""What a mentor owes each family and class in a term, and what is due: rules over rows, never stored jobs."""
