"""What a family types after an address was asked for is its address only once it has said so."""

from __future__ import annotations

from models.appointments import places, visits
from models.appointments.places import Place
from simulator.client import Person
from tests.appointments.agreed import agree, at_of, at_time, unit_of
from tests.appointments.test_before import people
from tests.appointments.test_place import ADDRESS, DAY, comes_to, says_address
from tests.school import Bot

THANKS = "谢谢老师，周三见"


async def asked(bot: Bot) -> tuple[Person, Person, int]:
    """The mentor; the father, asked where they meet; the visit."""
    mentor, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at - DAY)
    await father.presses("告诉见面地点", await father.sees("家访提醒"))
    await father.sees("只有来的两位老师看得到")
    return mentor, father, visit


def place_of(bot: Bot, visit: int) -> Place | None:
    """The place as its teachers would see it."""
    with unit_of(bot) as unit:
        return places.of(unit, visits.must(unit, visit))


async def test_thanks_for_the_teacher_is_no_address_and_reaches_the_teacher(bot: Bot) -> None:
    mentor, father, visit = await asked(bot)
    await father.says(THANKS)
    question = await father.sees("要把这个作为见面地点吗")
    assert place_of(bot, visit) is None
    await mentor.presses("看地址", await mentor.sees("家访提醒"))
    await mentor.sees_toast("还没有告诉")
    assert not any(THANKS in one for one in await mentor.reads())
    await father.presses("不是，是写给老师的", question)
    await mentor.sees(THANKS)
    await father.sees("不当作地址")
    assert bot.school.run("SELECT sealed_place FROM visit") == [(None,)]
    await comes_to(bot, 1, mentor, THANKS)


async def test_courtesies_and_the_next_sentence_are_never_taken_for_a_part_of_town(bot: Bot) -> None:
    mentor, father, visit = await asked(bot)
    await father.says("好的")
    await mentor.sees("好的")
    await father.says(ADDRESS)
    await father.presses("是，就是这里", await father.sees("要把这个作为见面地点吗"))
    kept = await father.sees("已作为见面地点记下")
    assert place_of(bot, visit) == Place(ADDRESS)
    await father.says("滨江")
    await mentor.sees("滨江")
    await father.presses("说说住在哪一片", kept)
    await father.sees("小区或街道的名字")
    for word in ("好的", "OK", "嗯嗯谢谢"):
        await father.says(word)
        await mentor.sees(word)
    assert bot.school.run("SELECT COUNT(*) FROM pupil_area") == [(0,)]
    await father.says("滨江花园")
    await father.sees("记下了，谢谢")
    assert bot.school.run("SELECT COUNT(*) FROM pupil_area") == [(1,)]


async def test_a_place_on_the_map_that_follows_belongs_to_the_words_once_they_are_an_address(bot: Bot) -> None:
    _, father, visit = await asked(bot)
    await father.says(ADDRESS)
    question = await father.sees("要把这个作为见面地点吗")
    await father.sends("location")
    await father.sees("已作为见面地点记下")
    kept = place_of(bot, visit)
    assert kept is not None
    assert (kept.text, kept.latitude is None) == ("", False)
    await father.presses("是，就是这里", question)
    await father.sees("已作为见面地点记下")
    assert place_of(bot, visit) == Place(ADDRESS, kept.latitude, kept.longitude)
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]


async def test_an_address_stays_while_what_was_typed_for_another_is_a_message(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await says_address(bot, father, at)
    await father.presses("改地点")
    await father.sees("只有来的两位老师看得到")
    await father.says(THANKS)
    question = await father.sees("要把这个作为见面地点吗")
    assert place_of(bot, visit) == Place(ADDRESS)
    await father.presses("不是，是写给老师的", question)
    await mentor.sees(THANKS)
    assert place_of(bot, visit) == Place(ADDRESS)
    assert not any("见面地点改了" in one for one in await mentor.reads())
