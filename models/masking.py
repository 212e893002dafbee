"""Names of children taken out of what is shown to many."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import bindparam, text

from models.unit import Unit

_PUPILS = text("SELECT id, sealed_name FROM pupil WHERE school_class_id IN :classes").bindparams(
    bindparam("classes", expanding=True)
)


def masked(unit: Unit, class_ids: Iterable[int], texts: list[str]) -> list[str]:
    """The texts with '…' in the place of each name, or given name, of a pupil of these classes."""
    classes = list(dict.fromkeys(class_ids))
    if not classes or not texts:
        return texts
    children = [
        unit.vault.open("pupil", one.id, "name", one.sealed_name) for one in unit.execute(_PUPILS, classes=classes)
    ]
    names = [part for child in children for part in (child, child[1:]) if len(part) > 1]
    if not names:
        return texts
    named = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    return [named.sub("…", one) for one in texts]
