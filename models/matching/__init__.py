"""Who mentors whom: rounds of wishes, a stable proposal, swaps, and another mentor during the year."""
