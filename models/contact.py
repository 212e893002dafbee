"""To whom nothing may go: the one condition that every list of receivers carries (see models/safeguarding)."""

from __future__ import annotations

FREE = (
    "NOT EXISTS (SELECT 1 FROM no_contact nc JOIN person np ON np.id = nc.person_id WHERE nc.until IS NULL"
    # A chat is stopped as a whole; a teacher's work in it goes on.
    " AND (np.id = p.id OR (p.staff_number IS NULL AND np.account_id = p.account_id)))"
)
"""SQL: something may go to the person `p`."""
