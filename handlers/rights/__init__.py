"""What is kept on me: see, take along, correct, erase; who looked."""
