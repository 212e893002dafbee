"""How long each kind of record is kept, in days; a school sets it in [retention]."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Days. Of messages: after the end of the term in which they were written; of all else: after it was over."""

    messages: int = 30
    drafts: int = 7
    visits: int = 400
    records: int = 400
    private: int = 150
    """What only the two teachers may read is kept shorter."""
    agreements: int = 800
    notes: int = 800
    file: int = 400
    team: int = 400
    requests: int = 400
    slips: int = 1100
    cases: int = 1100
    consents: int = 1100
    invites: int = 90
    corrections: int = 90
    access: int = 1100
    identity: int = 400
    """Names and telephones of who has left the school."""
