"""What an import changes, in counts and a few examples. Examples are numbers and classes, never names."""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import Enum

EXAMPLES = 20
LISTED = 200
"""Examples of those who are missing: somebody has to look at each."""


class Sort(Enum):
    """What a count means for whoever reads it."""

    CHANGE = "will change"
    MISSING = "in the database, but not in these files"
    WARNING = "to be looked at"


class What(Enum):
    """A thing that is counted, with its text and sort."""

    SCHOOLS_NEW = ("new schools", Sort.CHANGE)
    CLASSES_NEW = ("new classes", Sort.CHANGE)
    TERMS_NEW = ("new terms", Sort.CHANGE)
    STAFF_NEW = ("new staff", Sort.CHANGE)
    STAFF_CHANGED = ("changed staff", Sort.CHANGE)
    STAFF_BACK = ("staff who come back", Sort.CHANGE)
    STAFF_ENDED = ("ended staff", Sort.CHANGE)
    ROLES_NEW = ("new roles", Sort.CHANGE)
    ROLES_ENDED = ("ended roles", Sort.CHANGE)
    CHIEFS_NEW = ("classes with a new chief mentor", Sort.CHANGE)
    CHIEFS_ENDED = ("classes that lose their chief mentor", Sort.CHANGE)
    PUPILS_NEW = ("new pupils", Sort.CHANGE)
    PUPILS_CHANGED = ("pupils with another name", Sort.CHANGE)
    PUPILS_MOVED = ("pupils who move to another class", Sort.CHANGE)
    PUPILS_BACK = ("pupils who come back", Sort.CHANGE)
    PUPILS_ENDED = ("ended pupils", Sort.CHANGE)
    MENTORS_NEW = ("pupils who get a mentor", Sort.CHANGE)
    MENTORS_CHANGED = ("pupils with another mentor", Sort.CHANGE)
    MENTORS_ENDED = ("pupils who lose their mentor", Sort.CHANGE)
    GUARDIANS_NEW = ("new guardians", Sort.CHANGE)
    GUARDIANS_CHANGED = ("guardians with another name or telephone (by pupil)", Sort.CHANGE)
    GUARDIANS_BACK = ("guardians who come back (by pupil)", Sort.CHANGE)
    GUARDIANS_ENDED = ("ended guardians", Sort.CHANGE)
    LINKS_NEW = ("new ties of guardian and pupil (by pupil)", Sort.CHANGE)
    LINKS_CHANGED = ("ties with another relation (by pupil)", Sort.CHANGE)
    LINKS_ENDED = ("ended ties of guardian and pupil (by pupil)", Sort.CHANGE)
    PUPILS_MISSING = ("pupils", Sort.MISSING)
    STAFF_MISSING = ("staff", Sort.MISSING)
    GUARDIANS_MISSING = ("guardians (by pupil)", Sort.MISSING)
    ROLES_MISSING = ("roles", Sort.MISSING)
    NO_MENTOR = ("pupils without a mentor at present", Sort.WARNING)
    NO_GUARDIAN = ("pupils without a guardian", Sort.WARNING)

    def __init__(self, text: str, sort: Sort) -> None:
        self.text, self.sort = text, sort


class Plan:
    """Counts and examples of an import."""

    def __init__(self) -> None:
        self.counts: Counter[What] = Counter()
        self.examples: defaultdict[What, list[str]] = defaultdict(list)

    def add(self, what: What, example: str | None = None, count: int = 1) -> None:
        """Counts something, and keeps the example while there is room."""
        self.counts[what] += count
        room = LISTED if what.sort is Sort.MISSING else EXAMPLES
        if example is not None and len(self.examples[what]) < room:
            self.examples[what].append(example)

    @property
    def changes(self) -> int:
        """How many changes in all; 0 where the files say what the database knows."""
        return sum(count for what, count in self.counts.items() if what.sort is Sort.CHANGE)

    def of(self, sort: Sort) -> list[tuple[What, int]]:
        """What was counted of a sort, in the order in which it is told."""
        return [(what, self.counts[what]) for what in What if what.sort is sort and self.counts[what]]
