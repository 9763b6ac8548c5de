"""What really happened, as data: the answers a loader of the demo files must arrive at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .events import Place, Return, Sending
from .months import iso, last_day
from .payments import is_paid
from .shelf import WrittenFile
from .story import Story, StreamKey
from .troubles import troubles_of
from .world import INSTITUTIONS

SETTLED_AFTER_MONTHS = 3
"""A re-claim not returned again for this long is taken as paid."""

DOWNLOAD_MONTHS = 2
"""A return file can be downloaded until the last day of this many months after it was received."""


def truth_of(story: Story, files: Iterable[WrittenFile], seed: int, noise: bool) -> dict[str, object]:
    """The content of ``truth.json``."""
    files = list(files)
    returns = sorted(story.returns, key=_order)
    teller = _Teller(story, returns, files)
    return {
        "seed": seed,
        "noise": noise,
        "as_of": last_day(teller.as_of).isoformat(),
        "institutions": [{"code": i.code, "name": i.name} for i in INSTITUTIONS],
        "claim_volume": _claim_volume(story),
        "returns": [teller.tell(returned) for returned in returns],
        "unknown_returns": [
            teller.facts(returned) | teller.claims(returned)
            for returned in sorted(story.forgotten_returns, key=_order)
        ],
        "lost_files": [
            {"institution": institution, "payer": payer, "month": iso(month), "kind": kind}
            for (institution, payer, month), kinds in sorted(story.lost_files.items())
            for kind in sorted(kinds)
        ],
        "files": [_file(file) for file in files],
    }


def _order(returned: Return) -> tuple[int, str, str]:
    return returned.processing_month, returned.receipt.institution.code, returned.search_number


def _claim_volume(story: Story) -> list[dict[str, object]]:
    """Receipts by stream and setting; one sent twice in its month counts once, as it stands at the end.

    Re-claims are those whose claim file shows it. Of a month whose claim files were lost other files tell the
    receipts, but not which were re-claims.
    """
    rows = []
    for (institution, payer, month), sendings in sorted(story.sendings.items()):
        kept = "uke" not in story.lost_files.get((institution, payer, month), ())
        by_setting = defaultdict(list)
        for sending in sendings:
            by_setting[sending.receipt.setting].append(sending)
        for setting, group in sorted(by_setting.items()):
            resubmissions = sum(sending.is_marked for sending in group) if kept else None
            rows.append(
                {
                    "institution": institution,
                    "payer": payer,
                    "claim_month": iso(month),
                    "setting": setting,
                    "claims": len(group),
                    "first_claims": len(group) - (resubmissions or 0),
                    "resubmissions": resubmissions,
                    "points": sum(sending.receipt.points for sending in group),
                }
            )
    return rows


class _Teller:
    """Tells of each return what the kept files allow to know, and what they do not."""

    def __init__(self, story: Story, returns: list[Return], files: list[WrittenFile]) -> None:
        self.as_of = story.last_month + 1
        self._index = {id(returned): place for place, returned in enumerate(returns)}
        self._payment_lists: set[StreamKey] = {
            (file.institution, file.payer, file.month) for file in files if file.kind == "fmei"
        }

    def tell(self, returned: Return) -> dict[str, object]:
        """One entry of ``returns``."""
        previous, month = returned.known_previous, self._resubmitted_month(returned)
        status, settled_by = self._status(returned)
        return {
            **self.facts(returned),
            "round": self._round(returned),
            "previous_search_number": _number(previous) if previous else None,
            "previous": self._index[id(previous)] if previous else None,
            "resubmitted_month": iso(month) if month is not None else None,
            "months_to_resubmit": month - returned.received_month if month is not None else None,
            "status": status,
            "settled_by": settled_by,
            "download_deadline": last_day(returned.received_month + DOWNLOAD_MONTHS).isoformat(),
            "sources": returned.sources,
            **self.claims(returned),
            "noise": troubles_of(returned),
        }

    def facts(self, returned: Return) -> dict[str, object]:
        """What the return itself says."""
        receipt = returned.receipt
        chart = receipt.patient.chart if returned.listed_chart is None else returned.listed_chart
        return {
            "institution": receipt.institution.code,
            "payer": receipt.payer,
            "stage": returned.stage,
            "medium": returned.medium,
            "processing_month": iso(returned.processing_month),
            "received_month": iso(returned.received_month),
            "service_month": iso(receipt.service_month),
            "claim_type": receipt.claim_type,
            "setting": receipt.setting,
            "department": receipt.department or None,
            "insurer_number": receipt.insurer.number,
            "days": len(receipt.days),
            "points": receipt.points,
            "chart_number": chart or None,
            "search_number": _number(returned),
            "return_class": returned.return_class,
            "reasons": [{"code": reason.code, "text": reason.text} for reason in returned.reasons],
        }

    def claims(self, returned: Return) -> dict[str, object]:
        """The claims on both sides of a return, where files with them were kept; ``reclaim_kept`` is None if
        there was no re-claim."""
        reclaim = returned.reclaim
        return {
            "claim": _place(returned.sending.place),
            "reclaim": _place(reclaim.place) if reclaim else None,
            "reclaim_kept": reclaim.place is not None if reclaim else None,
            "really_resubmitted_month": iso(reclaim.claim_month) if reclaim else None,
            "duplicates": [_place(sending.place) for sending in returned.surplus if sending.place],
        }

    def _round(self, returned: Return) -> int:
        previous = returned.known_previous
        return 1 + self._round(previous) if previous else 1

    def _again(self, returned: Return) -> Return | None:
        again = returned.known_again
        return again if again and again.received_month <= self.as_of else None

    def _resubmitted_month(self, returned: Return) -> int | None:
        """The month of the re-claim, from its file or from how it came back."""
        reclaim, again = returned.reclaim, self._again(returned)
        if reclaim is None:
            return None
        # a list of paper returns from re-examination does not tell when the receipt had been claimed
        told = again is not None and (again.stage == "first_review" or again.medium == "online")
        return reclaim.claim_month if reclaim.place or told else None

    def _status(self, returned: Return) -> tuple[str, str | None]:
        """Status and, of a settled return, what settled it."""
        if self._again(returned):
            return "returned_again", None
        reclaim = returned.reclaim
        if reclaim is None or reclaim.place is None:
            return "open", None
        if self._is_told_paid(reclaim):
            return "settled", "payment"
        if self.as_of - reclaim.claim_month >= SETTLED_AFTER_MONTHS:
            return "settled", "time"
        return "resubmitted", None

    def _is_told_paid(self, reclaim: Sending) -> bool:
        """A 振込額明細, which arrives in the month after the claim, lists the re-claim as paid or adjusted."""
        receipt, month = reclaim.receipt, reclaim.claim_month
        told = (receipt.institution.code, receipt.payer, month) in self._payment_lists
        return told and is_paid(reclaim) and month + 1 <= self.as_of


def _number(returned: Return) -> str | None:
    """検索番号, which paper does not bear."""
    return returned.search_number if returned.medium == "online" else None


def _place(place: Place | None) -> dict[str, object] | None:
    return place._asdict() if place else None


def _file(file: WrittenFile) -> dict[str, object]:
    return {
        "name": file.name,
        "path": file.path,
        "kind": file.kind,
        "payer": file.payer,
        "institution": file.institution,
        "month": None if file.month is None else iso(file.month),
        "lines": file.lines,
        "receipts": file.receipts,
        "control_count": file.control_count,
        "control_points": file.control_points,
        "copy_of": file.copy_of,
    }
