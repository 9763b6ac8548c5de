"""資格確認結果連絡書 (skkg) and 枝番特定結果 (edbn): whose insurer was looked up, one item a line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from .events import Receipt
from .months import yyyymm
from .records import agency_name
from .rerouting import Reroute
from .shelf import Stream
from .wording import patient_name, row_of
from .world import PAYER_LABEL

SKKG_TITLES = (
    "2,年月,保険者番号等,氏名・カルテ番号等,生年月日,処理区分,請求内容,レセプト分割番号,資格確認結果内容"
)
SKKG_WIDTH = 9
EDBN_TITLES = "2,年月,レセプト種別,カルテ番号等,氏名,保険者番号,被保険者証（手帳）等の記号,被保険者証（手帳）等の番号,資格確認後枝番"
_CLASSES = {"transferred": ("振替",), "split": ("分割",), "as_claimed": ("レセプト記載の保険者", "への請求")}
"""処理区分; ten characters fit in a line."""

_NEW_SYMBOL, _NEW_NUMBER = "架９９", "９９９"


def _header(stream: Stream, report: str) -> str:
    institution, month = stream.institution, stream.month - 1
    return (
        f"1,{month // 12}年{month % 12 + 1}月分{report}\u3000医科,{institution.prefecture},"
        f"医療機関コード{institution.short_code},{institution.name}\u3000御中,"
        f"{agency_name(institution, stream.payer)}"
    )


def edbn_lines(stream: Stream, reroutes: list[Reroute]) -> list[str]:
    """枝番特定結果."""
    lines = [_header(stream, "枝番特定結果"), EDBN_TITLES]
    for reroute in reroutes:
        receipt = reroute.sending.receipt
        lines.append(
            f"3,{yyyymm(receipt.service_month)},{receipt.claim_type},{receipt.patient.chart},"
            f"{patient_name(receipt)},{receipt.insurer.number:>8},{receipt.symbol},{receipt.number},"
            f"{reroute.branch}"
        )
    return lines


def skkg_lines(stream: Stream, reroutes: list[Reroute]) -> list[str]:
    """資格確認結果連絡書（原審査）."""
    lines = [_header(stream, "資格確認結果連絡書（原審査）"), SKKG_TITLES]
    for reroute in reroutes:
        lines += _receipt(reroute)
    return lines


def _receipt(reroute: Reroute) -> Iterator[str]:
    """Four columns filled downwards, each with its own number of lines."""
    receipt = reroute.sending.receipt
    birth = receipt.patient.birth
    first: dict[int, object] = {
        2: yyyymm(receipt.service_month),
        3: f"{receipt.insurer.number:>8}",
        5: f"{birth[:4]}/{birth[4:6]}/{birth[6:]}",
    }
    columns = zip_longest(
        (patient_name(receipt), receipt.patient.chart),
        _CLASSES[reroute.outcome],
        _claimed(reroute),
        _result(reroute),
    )
    for position, (who, outcome, claimed, result) in enumerate(columns):
        part, item = result or ("", "")
        cells = {4: who or "", 6: outcome or "", 7: claimed or "", 8: part, 9: item}
        yield row_of(SKKG_WIDTH, {1: "4", **cells} if position else {1: "3", **first, **cells})


def _claimed(reroute: Reroute) -> list[str]:
    receipt = reroute.sending.receipt
    number = f"保険者番号：{receipt.insurer.number}"
    if reroute.outcome == "as_claimed":
        return [number, f"資格喪失日：{_change_day(receipt)}"]
    payer = [f"審査支払機関：{PAYER_LABEL[receipt.payer]}"] if reroute.changes_payer else []
    person = [number, f"記号：{receipt.symbol}", f"番号：{receipt.number}"]
    if reroute.outcome == "split":
        return [*person, f"診療実日数：{len(receipt.days)}", f"合計点数：{receipt.points}"]
    return [*payer, *person, f"資格喪失日：{_change_day(receipt)}"]


def _result(reroute: Reroute) -> list[tuple[str, str]]:
    """What it became, with the number of the part on its first line."""
    receipt, insurer = reroute.sending.receipt, reroute.insurer
    if insurer is None:
        return _numbered(1, ["（例）変更後の資格が未登録"])
    payer = [f"審査支払機関：{PAYER_LABEL[insurer.payer]}"] if reroute.changes_payer else []
    person = [f"保険者番号：{insurer.number}", f"記号：{_NEW_SYMBOL}", f"番号：{_NEW_NUMBER}"]
    since = f"資格取得日：{_change_day(receipt)}"
    if reroute.outcome == "transferred":
        return _numbered(1, [*payer, *person, since])
    stays = [
        f"保険者番号：{receipt.insurer.number}",
        f"資格喪失日：{_change_day(receipt)}",
        f"診療実日数：{reroute.days}",
        f"合計点数：{reroute.points}",
    ]
    days, points = len(receipt.days) - reroute.days, receipt.points - reroute.points
    goes = [*person, since, f"診療実日数：{days}", f"合計点数：{points}"]
    return _numbered(1, stays) + _numbered(2, goes)


def _numbered(part: int, items: list[str]) -> list[tuple[str, str]]:
    return [("" if position else str(part), item) for position, item in enumerate(items)]


def _change_day(receipt: Receipt) -> str:
    """The day the insurer changed, within the month of care."""
    month = yyyymm(receipt.service_month)
    return f"{month[:4]}/{month[4:]}/{receipt.days[-1]:02d}"
