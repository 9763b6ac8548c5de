"""What a review changes on a receipt, and the letter it gives for it."""

from __future__ import annotations

from random import Random

from .events import Cut, Item, Receipt
from .money import meals_of
from .records import MEAL_YEN

MEAL_SECTION = "97"
_APART_RATE = 0.4
_RAISE_RATE = 0.06
_MEAL_RATE = 0.12
_FEWER_RATE = 0.8
_SMALLER_RATE = {True: 0.4, False: 0.12}
"""By whether it is a visit, of which there is always some cheaper kind."""

_VISITS = ("11", "12")

_DOUBTS = {
    "fewer": (("B", "C", "D"), (60, 25, 15)),
    "deleted": (("A", "B", "C", "D"), (20, 15, 25, 40)),
    "smaller": (("D", "F", "FK"), (50, 20, 30)),
    "raised": (("G", "F"), (70, 30)),
    "meals": (("D",), (1,)),
}
"""事由 (A 適応外, B 過剰・重複, C その他の医学的理由, D 算定要件, F 固定点数, G 請求点数, K その他) by kind of change."""

_NAMES = {
    "111000110": "初診料", "112007410": "再診料", "112011010": "外来管理加算", "113001810": "医学管理料",
    "160008010": "検査Ａ", "160019410": "検査Ｂ", "160061710": "検査Ｃ", "160000310": "検査Ｄ",
    "170000410": "画像診断Ａ", "170011810": "画像診断Ｂ", "120002910": "処方箋料", "140000610": "処置Ａ",
    "150243310": "手術Ａ", "640000001": "注射薬Ａ", "180027410": "リハビリテーション料",
    "190117710": "入院料", "620000002": "内服薬Ａ",
}  # fmt: skip


_SECTION_NAMES = {
    "11": "初診料", "12": "再診料", "13": "医学管理料", "21": "内服薬", "60": "検査料",
}  # fmt: skip


def name_of_section(section: str) -> str:
    """What a message calls the care of a 診療識別."""
    return _SECTION_NAMES[section]


def _section(items: tuple[Item, ...], position: int) -> str:
    """診療識別 of an item: a line without one continues the line before."""
    while not items[position].section and position:
        position -= 1
    return items[position].section


def cut_meals(receipt: Receipt, rng: Random) -> Cut:
    """A few meals fewer."""
    claimed = meals_of(receipt)
    fewer = rng.randint(1, 3)
    return Cut(
        MEAL_SECTION, "D", 0, -fewer * MEAL_YEN, "食事療養", MEAL_YEN, claimed, MEAL_YEN, claimed - fewer
    )


def cut_item(receipt: Receipt, rng: Random, taken: set[int], may_raise: bool = False) -> Cut | None:
    """Change one item; ``taken`` are the positions already changed. None: nothing is left to change."""
    items = receipt.items
    possible = [
        position
        for position, item in enumerate(items)
        if item.points and position not in taken and item.points * item.count < receipt.points // 2
    ]
    if not possible:
        return None
    position = rng.choice(possible)
    taken.add(position)
    item = items[position]
    points, count = item.points, item.count
    if may_raise and rng.random() < _RAISE_RATE:
        kind, points = "raised", points + rng.randint(2, 12)
    elif rng.random() < _SMALLER_RATE[item.section in _VISITS]:
        kind, points = "smaller", points - max(1, points // 10)
    elif count > 1 and rng.random() < _FEWER_RATE:
        kind, count = "fewer", rng.randint(1, count - 1)
    else:
        kind, count = "deleted", 0
    letters = rng.choices(*_DOUBTS[kind])[0]
    return Cut(
        section=_section(items, position),
        letters=letters,
        points=points * count - item.points * item.count,
        yen=0,
        name=_NAMES[item.code],
        points_before=item.points,
        count_before=item.count,
        points_after=points,
        count_after=count,
        apart=rng.random() < _APART_RATE,
    )


def cuts_of(receipt: Receipt, rng: Random) -> tuple[Cut, ...]:
    """Everything first review changes on a receipt it cuts."""
    if meals_of(receipt) and rng.random() < _MEAL_RATE:
        return (cut_meals(receipt, rng),)
    taken: set[int] = set()
    wanted = rng.choices((1, 2), (80, 20))[0]
    # two changes are both cuts: the total must show them
    changes = (cut_item(receipt, rng, taken, may_raise=wanted == 1) for _ in range(wanted))
    return tuple(change for change in changes if change)
