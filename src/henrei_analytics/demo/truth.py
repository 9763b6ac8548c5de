"""What really happened, as data: the answers a loader of the demo files must arrive at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .events import Return
from .months import iso, last_day
from .shelf import WrittenFile
from .simulate import Story
from .world import INSTITUTIONS

SETTLED_AFTER_MONTHS = 3
"""A re-claim not returned again for this long is taken as paid."""

DOWNLOAD_MONTHS = 2
"""A return file can be downloaded until the last day of this many months after it was received."""


def truth_of(story: Story, files: Iterable[WrittenFile], seed: int) -> dict[str, object]:
    """The content of ``truth.json``."""
    as_of = story.last_month + 1
    returns = sorted(
        story.returns, key=lambda r: (r.processing_month, r.receipt.institution.code, r.search_number)
    )
    return {
        "seed": seed,
        "as_of": last_day(as_of).isoformat(),
        "institutions": [{"code": i.code, "name": i.name} for i in INSTITUTIONS],
        "claim_volume": _claim_volume(story),
        "returns": [_return(returned, as_of) for returned in returns],
        "files": [_file(file) for file in files],
    }


def _claim_volume(story: Story) -> list[dict[str, object]]:
    """Receipts by stream and setting; one sent twice in its month counts once, as it stands at the end."""
    rows = []
    for (institution, payer, month), sendings in sorted(story.sendings.items()):
        by_setting = defaultdict(list)
        for sending in sendings:
            by_setting[sending.receipt.setting].append(sending)
        for setting, group in sorted(by_setting.items()):
            resubmissions = sum(sending.answers is not None for sending in group)
            rows.append(
                {
                    "institution": institution,
                    "payer": payer,
                    "claim_month": iso(month),
                    "setting": setting,
                    "claims": len(group),
                    "first_claims": len(group) - resubmissions,
                    "resubmissions": resubmissions,
                    "points": sum(sending.receipt.points for sending in group),
                }
            )
    return rows


def _status(returned: Return, as_of: int) -> str:
    if returned.reclaim is None:
        return "open"
    again = returned.reclaim.returned
    if again is not None and again.downloaded and again.received_month <= as_of:
        return "returned_again"
    return "settled" if as_of - returned.reclaim.claim_month >= SETTLED_AFTER_MONTHS else "resubmitted"


def _return(returned: Return, as_of: int) -> dict[str, object]:
    receipt, reclaim = returned.receipt, returned.reclaim
    return {
        "institution": receipt.institution.code,
        "payer": receipt.payer,
        "stage": returned.stage,
        "processing_month": iso(returned.processing_month),
        "received_month": iso(returned.received_month),
        "service_month": iso(receipt.service_month),
        "claim_type": receipt.claim_type,
        "setting": receipt.setting,
        "department": receipt.department or None,
        "insurer_number": receipt.insurer.number,
        "points": receipt.points,
        "chart_number": receipt.patient.chart,
        "search_number": returned.search_number,
        "return_class": returned.return_class,
        "reasons": [{"code": reason.code, "text": reason.text} for reason in returned.reasons],
        "round": returned.round,
        "previous_search_number": returned.previous.search_number if returned.previous else None,
        "resubmitted_month": iso(reclaim.claim_month) if reclaim else None,
        "months_to_resubmit": reclaim.claim_month - returned.received_month if reclaim else None,
        "status": _status(returned, as_of),
        "download_deadline": last_day(returned.received_month + DOWNLOAD_MONTHS).isoformat(),
        "sources": returned.sources,
    }


def _file(file: WrittenFile) -> dict[str, object]:
    return {
        "name": file.name,
        "path": file.path,
        "kind": file.kind,
        "payer": file.payer,
        "institution": file.institution,
        "month": iso(file.month),
        "lines": file.lines,
        "receipts": file.receipts,
        "control_count": file.control_count,
        "control_points": file.control_points,
        "copy_of": file.copy_of,
    }
