"""Finding a mentor for each pupil: rounds with wishes of both sides, a stable proposal, and requests within the year."""
