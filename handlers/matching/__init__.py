"""Conversations about who mentors whom: a round's wishes and proposal, and requests within the year."""
