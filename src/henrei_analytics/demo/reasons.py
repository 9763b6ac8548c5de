"""Why receipts come back, in the words and codes each payer's agency would use.

The texts are invented. 支払基金 first-review codes of the L3/L4 series are those of its published check list;
L5/L6 and the four-digit 国保連 codes stand for codes nobody outside has a table of. Some of their texts say
plainly what is wrong, a few say nothing usable: both happen to an office.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from .world import Payer


class Facts(NamedTuple):
    """What decides which reasons make sense for a receipt: 法別番号, 公費 or not, 入院 or not."""

    law: str
    has_public: bool
    inpatient: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One 返戻事由 and the receipts it can befall."""

    kind: str
    code: str
    text: str
    return_class: int
    weight: float = 1.0
    supplement: str = ""
    section: str = ""
    """診療識別 of the care in question."""
    request: str = ""
    """理由番号 with which an insurer asked for the re-examination."""
    laws: tuple[str, ...] = ()
    """法別番号 of the insurers it makes sense for; empty: all."""

    outpatient_only: bool = False

    def fits(self, facts: Facts) -> bool:
        """Whether it can be said of such a receipt."""
        return (
            (not self.laws or facts.law in self.laws)
            and (facts.has_public or self.kind != "public")
            and not (facts.inpatient and self.outpatient_only)
        )


_INSURED = ("01", "06", "31", "32", "33", "34")
"""社保 proper: 公費単独 receipts have no symbol, number or family to get wrong."""

_SHAHO_FIRST = (
    Reason("eligibility", "L3087", "保険者番号の記録に誤りがあります", 1, 3, laws=_INSURED),
    Reason("eligibility", "L3148", "記号の桁数に誤りがあります（協会けんぽ）", 1, 4, laws=("01",)),
    Reason("eligibility", "L5017", "本人・家族等の種別誤り", 1, 2, laws=_INSURED),
    Reason(
        "eligibility",
        "L5011",
        "記号・番号の誤り",
        1,
        5,
        "被保険者証の記号・番号を確認してください",
        laws=_INSURED,
    ),
    Reason("eligibility", "L5018", "資格喪失後の受診", 1, 6, "喪失年月日を確認してください"),
    Reason("eligibility", "L5014", "該当者なし", 1, 3),
    Reason("entry", "L3220", "主傷病名の記録に誤りがあります", 1, 2),
    Reason("entry", "L4222", "算定の対象となる傷病名が記録されていません", 1, 4),
    Reason("entry", "L5042", "診療開始日の記載もれ又は誤り", 1, 3),
    Reason("points", "L4451", "初診料の算定要件を満たしていません", 2, 3, section="11", outpatient_only=True),
    Reason(
        "points",
        "L4605",
        "医学管理料の併算定はできません",
        2,
        3,
        "算定した日を確認してください",
        section="13",
    ),
    Reason("points", "L4648", "外来管理加算は算定できません", 2, 3, section="12", outpatient_only=True),
    Reason("clinical", "L6209", "傷病名に対する投薬の内容を確認してください", 2, 3, section="21"),
    Reason(
        "clinical",
        "L6215",
        "検査の必要性について症状の詳記を付してください",
        2,
        2,
        "①症状～②経過を記載願います",
        section="60",
    ),
    Reason("duplicate", "L5019", "重複請求", 1, 2),
    Reason("public", "L3089", "第一公費の負担者番号に誤りがあります", 1, 1),
    Reason("public", "L4510", "一部負担金の額に誤りがあります", 1, 1),
    Reason("unknown", "L6901", "別紙のとおり", 2, 1),
)
_KOKUHO_FIRST = (
    Reason("eligibility", "1101", "該当者なし", 1, 5),
    Reason("eligibility", "1103", "資格喪失後の受診", 1, 7, "資格喪失年月日を確認してください"),
    Reason("eligibility", "1105", "記号・番号の誤り", 1, 5),
    Reason("eligibility", "1112", "後期高齢者医療に該当", 1, 2, laws=("00",)),
    Reason("eligibility", "1120", "給付割合の誤り", 1, 2),
    Reason("entry", "2101", "必要事項の記載もれ", 1, 4),
    Reason("entry", "2104", "実日数の誤り", 1, 3),
    Reason("points", "3102", "算定要件を満たしていない項目があります", 2, 5),
    Reason("points", "3107", "算定回数の誤り", 2, 3),
    Reason("clinical", "4101", "診療内容について確認してください", 2, 4, "症状詳記を添付してください"),
    Reason("duplicate", "1130", "重複請求", 1, 2),
    Reason("public", "5101", "公費負担者番号又は受給者番号の誤り", 1, 2),
    Reason("unknown", "9901", "別添参照", 1, 1.5),
    Reason("unknown", "9909", "照会中の件につき一時お返しします", 1, 1),
)
_SHAHO_SECOND = (
    Reason("eligibility", "S1011", "記号・番号の誤り", 4, 5, request="100011", laws=_INSURED),
    Reason("eligibility", "S1014", "該当者なし", 4, 4, request="100014"),
    Reason(
        "eligibility", "S1018", "資格喪失後の受診", 4, 9, "喪失年月日を確認してください", request="100018"
    ),
    Reason("eligibility", "S1022", "後期高齢者・国保該当", 4, 3, request="100022", laws=_INSURED),
    Reason("duplicate", "S1019", "重複請求", 4, 1, request="100019"),
    Reason("clinical", "S1060", "診療内容に関するもの", 5, 3, request="100060"),
    Reason("entry", "S1043", "実日数の誤り", 6, 2, request="100043"),
    Reason("public", "S1045", "一部負担金の誤り", 6, 1, request="100045"),
    Reason("clinical", "S1080", "突合再審査", 7, 1, request="100080"),
    Reason("withdrawal", "S1025", "取下げ依頼", 9, 3, request="100025"),
)
_KOKUHO_SECOND = (
    Reason("eligibility", "S2101", "対象者なし", 4, 4, request="201101"),
    Reason("eligibility", "S2103", "社保該当", 4, 8, "社保の資格があります", request="201103", laws=("00",)),
    Reason("eligibility", "S2112", "番号の誤り（番号変更）", 4, 3, request="201112"),
    Reason("eligibility", "1104", "他保該当", 4, 3, request="201104"),
    Reason("eligibility", "S2120", "割合等の誤り", 4, 2, request="202120"),
    Reason("clinical", "4201", "診療内容について再確認を要するもの", 5, 2, request="200000"),
    Reason("entry", "2204", "実日数の誤り", 6, 1, request="200000"),
    Reason("withdrawal", "9201", "保険医療機関の申出による取下げ", 9, 3, request="200000"),
    Reason("unknown", "9902", "別添参照", 6, 1, request="200000"),
)
FIRST_REVIEW: dict[Payer, tuple[Reason, ...]] = {"shaho": _SHAHO_FIRST, "kokuho": _KOKUHO_FIRST}
RE_EXAMINATION: dict[Payer, tuple[Reason, ...]] = {"shaho": _SHAHO_SECOND, "kokuho": _KOKUHO_SECOND}


def choose(table: tuple[Reason, ...], kind: str | None, facts: Facts, rng: Random) -> Reason:
    """Draw a reason that fits a receipt, of one kind if given, else of any kind but eligibility.

    Eligibility is drawn by its own falling rate, so "any other" must leave it out.
    """
    of_kind = [r for r in table if (r.kind == kind if kind else r.kind != "eligibility")]
    fitting = [r for r in of_kind if r.fits(facts)]
    return rng.choices(fitting, [r.weight for r in fitting])[0]
