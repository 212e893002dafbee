"""What a person may ask of the school: see, take along, correct, erase; and what is let go by itself."""
