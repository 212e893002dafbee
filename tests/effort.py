"""How often something is tried that is drawn by chance: a part of it in every `make test`, all of it in `make test-every`."""

from __future__ import annotations

import os

EVERYTHING = bool(os.environ.get("EVERY_DATABASE"))
"""Whether this is the run that leaves nothing out."""


def examples(some: int, of: int) -> int:
    """How many of these examples this run tries."""
    return of if EVERYTHING else some
