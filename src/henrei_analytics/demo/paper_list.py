"""The list in which the office writes down the returns that came on paper: its own table, one file an institution."""

from __future__ import annotations

import csv
import io
from random import Random

from .events import Return
from .months import yyyymm
from .shelf import Shelf, Stream
from .story import Story
from .world import INSTITUTIONS, PAYER_LABEL

NAME = "紙の返戻.csv"
NO_ZEROS_RATE = 0.5
"""A spreadsheet takes a カルテ番号 for a number unless told otherwise."""

NAMED_RATE = 0.6
_STAGES = {"first_review": "原審査", "re_examination": "再審査"}
_SEXES = {"1": "男", "2": "女"}


def write_paper_lists(shelf: Shelf, story: Story, seed: int) -> None:
    """Write the list of each institution that has paper returns, in the order in which they came."""
    rng = Random(f"{seed}:noise:paper_list")
    for institution in INSTITUTIONS:
        returns = sorted(
            (r for r in story.returns if r.medium == "paper" and r.receipt.institution is institution),
            key=lambda r: (r.processing_month, r.receipt.payer, r.search_number),
        )
        if not returns:
            continue
        rows = [_row(returned, rng) for returned in returns]
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        first = returns[0]
        stream = Stream(institution, first.receipt.payer, first.processing_month)
        path = shelf.home(institution) / NAME
        # the byte order mark is what a spreadsheet writes
        shelf.put(path, text.getvalue().encode("utf-8-sig"), story.last_month + 1, 20)
        shelf.note(stream, path, "paper", len(rows) + 1, len(rows))


def _row(returned: Return, rng: Random) -> dict[str, object]:
    """One return, by the headings of the form; remembers how its カルテ番号 was written."""
    receipt = returned.receipt
    patient = receipt.patient
    returned.sources = ["paper"]
    returned.listed_chart = patient.chart.lstrip("0") if rng.random() < NO_ZEROS_RATE else patient.chart
    named = not patient.chart or rng.random() < NAMED_RATE
    reason, *more = returned.reasons
    return {
        "医療機関コード": receipt.institution.code,
        "審査支払機関": PAYER_LABEL[receipt.payer],
        "処理年月": yyyymm(returned.processing_month),
        "原審査/再審査": _STAGES[returned.stage],
        "返戻区分": returned.return_class,
        "診療年月": yyyymm(receipt.service_month),
        "受付番号": "",
        "保険者番号": receipt.insurer.number,
        "区分": "",
        "入院/入院外": "入院" if receipt.inpatient else "入院外",
        "レセプト種別": receipt.claim_type,
        "診療科": receipt.department,
        "カルテ番号": returned.listed_chart,
        "氏名": f"{patient.family}\u3000{patient.given}" if named else "",
        "性別": _SEXES[patient.sex] if named else "",
        "生年月日": patient.birth if named else "",
        "診療実日数": len(receipt.days),
        "請求点数": receipt.points,
        "事由コード/事由番号": reason.code,
        "事由": reason.text,
        "事由2コード": more[0].code if more else "",
        "事由2": more[0].text if more else "",
        "補足": reason.supplement,
    }
