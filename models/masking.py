"""Names of children and of their families taken out of what is shown to many."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import bindparam, text

from models.unit import Unit

_PUPILS = text("SELECT id, sealed_name FROM pupil WHERE school_class_id IN :classes").bindparams(
    bindparam("classes", expanding=True)
)
_GUARDIANS = text(
    "SELECT DISTINCT p.id, p.sealed_name FROM pupil pu JOIN guardianship g ON g.pupil_id = pu.id"
    " JOIN person p ON p.id = g.person_id WHERE pu.school_class_id IN :classes"
).bindparams(bindparam("classes", expanding=True))


def pupils_in(unit: Unit, class_ids: Iterable[int]) -> list[str]:
    """The names of the pupils of these classes."""
    classes = list(dict.fromkeys(class_ids))
    if not classes:
        return []
    return [unit.vault.open("pupil", one.id, "name", one.sealed_name) for one in unit.execute(_PUPILS, classes=classes)]


def guardians_in(unit: Unit, class_ids: Iterable[int]) -> list[str]:
    """The names of the guardians of these classes."""
    classes = list(dict.fromkeys(class_ids))
    if not classes:
        return []
    rows = unit.execute(_GUARDIANS, classes=classes)
    return [unit.vault.open("person", one.id, "name", one.sealed_name) for one in rows]


def without(texts: list[str], names: Iterable[str]) -> list[str]:
    """The texts with '…' in the place of each of these names."""
    known = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
    if not known:
        return texts
    named = re.compile("|".join(map(re.escape, known)))
    return [named.sub("…", one) for one in texts]


def masked(unit: Unit, class_ids: Iterable[int], texts: list[str]) -> list[str]:
    """The texts with '…' in the place of each name, or given name, of a pupil of these classes and each name of a guardian."""
    classes = list(dict.fromkeys(class_ids))
    if not classes or not texts:
        return texts
    children = pupils_in(unit, classes)
    return without(texts, [*children, *(child[1:] for child in children), *guardians_in(unit, classes)])
