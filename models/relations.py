"""What a guardian is to a pupil: a few codes that every language has a word for; anything else stays as written."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

LONGEST = 20
"""Characters of a relation in the school's own words."""


class Relation(StrEnum):
    """The codes kept in Guardianship.relation."""

    MOTHER = "mother"
    FATHER = "father"
    GRANDMOTHER = "grandmother"
    GRANDFATHER = "grandfather"
    GUARDIAN = "guardian"
    OTHER = "other"


_WORDS: dict[Relation, str] = {
    Relation.MOTHER: "mother mom mum mummy mama mommy stepmother 妈妈 母亲 妈 母 母女 母子 继母",
    Relation.FATHER: "father dad daddy papa stepfather 爸爸 父亲 爸 父 父女 父子 继父",
    Relation.GRANDMOTHER: "grandmother grandma granny nan 奶奶 外婆 姥姥 祖母 外祖母 婆婆 阿婆",
    Relation.GRANDFATHER: "grandfather grandpa granddad grandad 爷爷 外公 姥爷 祖父 外祖父 阿公",
    Relation.GUARDIAN: "guardian legalguardian 监护人 法定监护人 家长",
    Relation.OTHER: "other 其他 其它 其他亲属 其他监护人",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}


def relation_of(written: str) -> str:
    """The code of a Chinese or English word, `guardian` for none at all, and any other text as it stands."""
    if not written:
        return Relation.GUARDIAN
    folded = "".join(unicodedata.normalize("NFKC", written).casefold().replace("-", "").split())
    return _CODES.get(folded, written)
