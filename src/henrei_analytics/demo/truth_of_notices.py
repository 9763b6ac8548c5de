"""What the notices tell, as data: cuts, payments, receipts rerouted, findings, sums, re-examinations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .dealings import Dealings
from .events import Receipt, Return, Sending
from .money import fixed_points, fixed_shares
from .months import first_day, iso, last_day
from .notice_claims import REFUSED, TOTAL, SentTotal, sent_totals
from .payments import PAID_ON_DAY, accounts_of, is_paid, outcome_of, sum_of
from .pre_checks import PreCheck
from .re_examination import ReExamination
from .rerouting import Reroute
from .rounds import Round
from .story import Story, StreamKey
from .truth import DOWNLOAD_MONTHS

Row = dict[str, object]


def truth_of_notices(story: Story, dealings: Dealings) -> dict[str, object]:
    """The lists of ``truth.json`` that only notices tell of; what no kept file tells is left out."""
    return {
        "adjustments": [*_first_cuts(story, dealings), *_later_cuts(dealings)],
        "payments": list(_payments(story)),
        "payment_totals": list(_payment_totals(story, dealings)),
        "undownloaded_returns": [_undownloaded(returned) for returned in story.reported_returns],
        "rerouted": [
            _rerouted(reroute) for _, batch in sorted(dealings.reroutes.items()) for reroute in batch
        ],
        "pre_checks": [
            _pre_check(warning)
            for _, rounds in sorted(dealings.rounds.items())
            for each in rounds
            for warning in each.warnings
        ],
        "sent_totals": [
            row
            for key, rounds in sorted(dealings.rounds.items())
            for each in rounds
            for row in _sent_totals(key, each)
        ],
        "re_examinations": [
            _re_examination(outcome)
            for _, batch in sorted(dealings.re_examinations.items())
            for outcome in batch
            if outcome.is_told
        ],
        "lost_notices": [_stream(dealings.lost_cuts) | {"kind": "zogn"}] if dealings.lost_cuts else [],
    }


def _stream(key: StreamKey) -> Row:
    institution, payer, month = key
    return {"institution": institution, "payer": payer, "processing_month": iso(month)}


def _receipt(receipt: Receipt, processing_month: int) -> Row:
    """What every list says about a receipt."""
    return {
        **_stream((receipt.institution.code, receipt.payer, processing_month)),
        "service_month": iso(receipt.service_month),
        "setting": receipt.setting,
        "insurer_number": receipt.insurer.number,
        "chart_number": receipt.patient.chart or None,
    }


def _first_cuts(story: Story, dealings: Dealings) -> Iterator[Row]:
    for key, sendings in sorted(story.sendings.items()):
        if key == dealings.lost_cuts:
            continue
        for sending in sendings:
            decision = sending.decision
            for cut in decision.cuts if decision else ():
                yield {
                    **_receipt(sending.receipt, sending.claim_month),
                    "stage": "first_review",
                    "section": cut.section,
                    "reason_letters": cut.letters,
                    "points_delta": cut.points or None,
                    "yen_delta": cut.yen or None,
                    "reception_number": decision.reception_number if decision else None,
                    "receipt_number": decision.receipt_number if decision else None,
                    "source": "zogn",
                }


def _later_cuts(dealings: Dealings) -> Iterator[Row]:
    for _, batch in sorted(dealings.re_examinations.items()):
        for outcome in batch:
            if outcome.result not in ("cut", "restored") or not outcome.cut:
                continue
            named = outcome.detailed and outcome.result == "cut"
            yield {
                **_receipt(outcome.sending.receipt, outcome.processing_month),
                "stage": "re_examination",
                "section": outcome.cut.section if outcome.detailed else None,
                "reason_letters": outcome.cut.letters if named else None,
                "points_delta": outcome.points_delta,
                "yen_delta": None,
                "reception_number": None,
                "receipt_number": None,
                "source": "sast",
            }


def _payments(story: Story) -> Iterator[Row]:
    for (institution, payer, month), sendings in sorted(story.sendings.items()):
        if payer != "shaho" or month > story.last_month:
            continue
        for outcome in ("paid", "adjusted", "returned"):
            group = [sending for sending in sendings if outcome_of(sending) == outcome]
            if group:
                known = outcome != "returned"
                yield {
                    **_stream((institution, payer, month)),
                    "outcome": outcome,
                    "receipts": len(group),
                    "claimed_points": sum(sending.receipt.points for sending in group),
                    "fixed_points": sum(map(_fixed_points, group)) if known else None,
                    "paid_yen": sum(map(_paid_yen, group)) if known else None,
                }


def _fixed_points(sending: Sending) -> int:
    assert sending.decision
    return fixed_points(sending.receipt, sending.decision)


def _paid_yen(sending: Sending) -> int:
    assert sending.decision
    return sum(share.total for share in fixed_shares(sending.receipt, sending.decision))


def _payment_totals(story: Story, dealings: Dealings) -> Iterator[Row]:
    for key, sendings in sorted(story.sendings.items()):
        if key[1] != "shaho" or key[2] > story.last_month or not sendings:
            continue
        adjusted = [o for o in dealings.re_examinations.get(key, []) if o.result != "upheld"]
        whole = sum_of(accounts_of(sendings, adjusted).values())
        # a receipt with 公費 stands in the accounts once for each payer
        yield {
            **_stream(key),
            "receipts": sum(map(is_paid, sendings)),
            "payer_lines": whole.claims,
            "payer_points": whole.inpatient.points + whole.outpatient.points,
            "points": sum(_fixed_points(sending) for sending in sendings if is_paid(sending)),
            "calculated_yen": whole.calculated_yen,
            "re_examination_yen": whole.adjusted_yen,
            "paid_yen": whole.calculated_yen + whole.adjusted_yen,
            "paid_on": first_day(key[2] + 1).replace(day=PAID_ON_DAY).isoformat(),
        }


def _undownloaded(returned: Return) -> Row:
    decision = returned.sending.decision
    assert decision
    return {
        **_receipt(returned.receipt, returned.processing_month),
        "stage": returned.stage,
        "received_month": iso(returned.received_month),
        "claim_type": returned.receipt.claim_type,
        "points": returned.receipt.points,
        "receipt_number": decision.receipt_number,
        "reception_number": decision.reception_number,
        "search_number": returned.search_number,
        "download_deadline": last_day(returned.received_month + DOWNLOAD_MONTHS).isoformat(),
    }


def _rerouted(reroute: Reroute) -> Row:
    receipt, insurer = reroute.sending.receipt, reroute.insurer
    is_branch = reroute.outcome == "branch_number"
    return {
        **_receipt(receipt, reroute.processing_month),
        "stage": "first_review",
        "outcome": reroute.outcome,
        "new_payer": insurer.payer if insurer else None,
        "new_insurer_number": insurer.number if insurer else None,
        "parts": 2 if reroute.outcome == "split" else 1,
        "points": receipt.points,
        "source": "edbn" if is_branch else "skkg",
    }


def _pre_check(warning: PreCheck) -> Row:
    receipt = warning.sending.receipt
    row = _receipt(receipt, warning.sending.claim_month)
    row["claim_month"] = row.pop("processing_month")
    return row | {
        "receipt_number": warning.number,
        "code": warning.finding.code,
        "level": warning.finding.level,
        "section": warning.finding.section or None,
        "is_resubmission": warning.sending.is_marked,
        "came_back": warning.came_back,
    }


def _sent_totals(key: StreamKey, each: Round) -> Iterator[Row]:
    institution, payer, month = key
    base = {"institution": institution, "payer": payer, "claim_month": iso(month), "source": "hjry"}
    base |= {"sending": each.number}
    for inpatient in (True, False):
        totals = sent_totals(each, inpatient)
        setting = {"setting": "inpatient" if inpatient else "outpatient"}
        yield from (base | setting | row for row in _sent_rows(totals))


def _sent_rows(totals: Iterable[SentTotal]) -> Iterator[Row]:
    rows = list(totals)
    for row in rows:
        yield {
            "label": row.label,
            "is_total": row.label == TOTAL,
            "is_refused": False,
            "claims": row.claims,
            "days": row.days,
            "points": row.points,
            "copay_yen": row.copay,
        }
    if rows:
        nothing = dict.fromkeys(("days", "points", "copay_yen"))
        yield {"label": REFUSED, "is_total": False, "is_refused": True, "claims": 0, **nothing}


def _re_examination(outcome: ReExamination) -> Row:
    """A returned receipt of 社保 is told twice: by the return file and by the notice of the adjustment."""
    payer = outcome.sending.receipt.payer
    sources = {"returned": ["sah", "sast"] if payer == "shaho" else ["sah"], "upheld": ["sakr"]}
    if outcome.on_paper:
        sources["returned"] = ["sast"]
    return {
        **_receipt(outcome.sending.receipt, outcome.processing_month),
        "result": outcome.result,
        "requester": "institution" if outcome.by_institution and not outcome.on_paper else "insurer",
        "requested_month": iso(outcome.requested_month),
        "reason_number": outcome.reason if outcome.result != "upheld" else None,
        "points_delta": outcome.points_delta,
        "yen_delta": sum(change.total for change in outcome.changes) if payer == "shaho" else None,
        "search_number": outcome.returned.search_number
        if outcome.returned and not outcome.on_paper
        else None,
        "sources": sources.get(outcome.result, ["sast"]),
    }
