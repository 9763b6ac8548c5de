"""Hand-made `mart` tables in memory, so that a spec test reads: small table in, figure out.

    con = mart(
        returns='''
            processing_month | payer  | category | points
            2026-08          | shaho  | 資格関係 | 100
            2026-09          | kokuho | 記載不備 | 250
        ''',
        claim_volume='''
            claim_month | payer | first_claims
            2026-09     | shaho | 1000
        ''',
    )

A table is text like this, a list of dicts, or a polars frame. Columns left out get the defaults
below; an empty cell and `-` in text is NULL, `2026-09` is the first day of the month.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

INSTITUTION = "1319912345"
Row = dict[str, Any]
Table = str | Iterable[Row] | pl.DataFrame

CATEGORIES = (
    "資格関係", "記載不備", "点数・算定", "診療内容", "重複", "給付対象外",
    "公費・負担金", "取下げ・再審査", "請求先変更", "その他", "未分類",
)  # fmt: skip

# column → (DuckDB type, default: a value, or a function of the row so far and the row's number)
COLUMNS: dict[str, dict[str, tuple[str, Any]]] = {
    "files": {
        "file_id": ("VARCHAR", lambda row, number: f"file{number:04}"),
        "name": ("VARCHAR", lambda row, number: f"file{number:04}.dat"),
        "kind": ("VARCHAR", "hen"),
        "payer": ("VARCHAR", "shaho"),
        "institution": ("VARCHAR", INSTITUTION),
        "month": ("DATE", date(2026, 9, 1)),
        "loaded_at": ("TIMESTAMP", datetime(2026, 10, 6, 9, 0)),
        "status": ("VARCHAR", "loaded"),
        "lines": ("BIGINT", 0),
        "lines_loaded": ("BIGINT", 0),
        "lines_skipped": ("BIGINT", 0),
        "lines_quarantined": ("BIGINT", 0),
        "control_count": ("BIGINT", None),
        "control_points": ("BIGINT", None),
        "actual_count": ("BIGINT", 0),
        "actual_points": ("BIGINT", 0),
        "balanced": ("BOOLEAN", None),
        "receipts": ("BIGINT", 0),
        "receipts_superseded": ("BIGINT", 0),
        "file_time": ("TIMESTAMP", None),
        "message": ("VARCHAR", None),
        "system": ("VARCHAR", None),
    },
    "quarantine": {
        "file_id": ("VARCHAR", "file0001"),
        "name": ("VARCHAR", "file0001.dat"),
        "line_number": ("BIGINT", 1),
        "rule": ("VARCHAR", "bad_number"),
        "message": ("VARCHAR", "数字ではありません"),
    },
    "skipped": {
        "file_id": ("VARCHAR", "file0001"),
        "record_type": ("VARCHAR", "SI"),
        "lines": ("BIGINT", 1),
    },
    "claims": {
        "claim_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "claim_month": ("DATE", date(2026, 9, 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["claim_month"], -1)),
        "claim_type": ("VARCHAR", "1112"),
        "setting": ("VARCHAR", "outpatient"),
        "department": ("VARCHAR", None),
        "insurer_number": ("VARCHAR", "06130488"),
        "law_number": ("VARCHAR", "06"),
        "points": ("BIGINT", 100),
        "patient_key": ("VARCHAR", lambda row, number: f"patient{number}"),
        "chart_number": ("VARCHAR", None),
        "search_number": ("VARCHAR", None),
        "is_resubmission": ("BOOLEAN", False),
        "file_id": ("VARCHAR", None),
    },
    "claim_volume": {
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "claim_month": ("DATE", date(2026, 9, 1)),
        "setting": ("VARCHAR", "outpatient"),
        "first_claims": ("BIGINT", 0),
        "resubmissions": ("BIGINT", 0),
        "claims": ("BIGINT", lambda row, number: row["first_claims"] + row["resubmissions"]),
        "points": ("BIGINT", 0),
        "source": ("VARCHAR", "uke"),
    },
    "returns": {
        "return_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "stage": ("VARCHAR", "first_review"),
        "medium": ("VARCHAR", "online"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "received_month": ("DATE", lambda row, number: shifted(row["processing_month"], 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -1)),
        "claim_type": ("VARCHAR", "1112"),
        "setting": ("VARCHAR", "outpatient"),
        "department": ("VARCHAR", None),
        "insurer_number": ("VARCHAR", "06130488"),
        "law_number": ("VARCHAR", "06"),
        "points": ("BIGINT", 100),
        "patient_key": ("VARCHAR", lambda row, number: f"patient{number}"),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "search_number": ("VARCHAR", lambda row, number: f"{number:026}"),
        "return_class": ("INTEGER", 1),
        "main_reason_code": ("VARCHAR", "L3129"),
        "main_reason_category": ("VARCHAR", "資格関係"),
        "round": ("INTEGER", 1),
        "previous_return_id": ("VARCHAR", None),
        "resubmitted_month": ("DATE", None),
        "status": (
            "VARCHAR", lambda row, number: "resubmitted" if row["resubmitted_month"] else "open"
        ),
        "months_to_resubmit": (
            "INTEGER",
            lambda row, number: row["resubmitted_month"]
            and months_between(row["received_month"], row["resubmitted_month"]),
        ),
        "link_rule": ("VARCHAR", None),
        "download_deadline": (
            "DATE",
            lambda row, number: None
            if row["medium"] == "paper"
            else day_before(shifted(row["received_month"], 3)),
        ),
        "claim_right_expires": (
            "DATE", lambda row, number: day_before(shifted(row["service_month"], 61))
        ),
        "ended_on": ("DATE", None),
        "sources": ("VARCHAR[]", lambda row, number: ["hen"]),
        "days": ("BIGINT", None),
        "claim_id": ("VARCHAR", None),
        "reclaim_id": ("VARCHAR", None),
        "resubmitted_payer": ("VARCHAR", lambda row, number: row["resubmitted_month"] and row["payer"]),
        "settled_by": ("VARCHAR", lambda row, number: "time" if row["status"] == "settled" else None),
        "settled_month": ("DATE", None),
        "journey_id": ("VARCHAR", lambda row, number: row["return_id"]),
        "entered_by": ("VARCHAR", None),
        "file_id": ("VARCHAR", None),
    },
    "journeys": {
        "journey_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "service_month": ("DATE", date(2026, 8, 1)),
        "claim_type": ("VARCHAR", "1112"),
        "setting": ("VARCHAR", "outpatient"),
        "department": ("VARCHAR", None),
        "patient_key": ("VARCHAR", lambda row, number: f"patient{number}"),
        "first_claim_month": ("DATE", lambda row, number: shifted(row["service_month"], 1)),
        "first_returned_month": ("DATE", lambda row, number: shifted(row["service_month"], 2)),
        "rounds": ("INTEGER", 1),
        "last_return_id": ("VARCHAR", lambda row, number: row["journey_id"]),
        "status": ("VARCHAR", "open"),
        "points": ("BIGINT", 100),
        "last_points": ("BIGINT", lambda row, number: row["points"]),
        "changed_payer": ("BOOLEAN", False),
        "category": ("VARCHAR", "資格関係"),
        "months": ("INTEGER", None),
    },
    "duplicate_reclaims": {
        "return_id": ("VARCHAR", "1"),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "claim_id": ("VARCHAR", lambda row, number: f"claim{number}"),
        "claim_month": ("DATE", date(2026, 10, 1)),
        "first_claim_id": ("VARCHAR", None),
        "first_claim_month": ("DATE", None),
        "service_month": ("DATE", lambda row, number: shifted(row["claim_month"], -3)),
        "points": ("BIGINT", 100),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "rule": ("VARCHAR", "same_number"),
        "returned_as": ("VARCHAR", None),
    },
    "link_candidates": {
        "return_id": ("VARCHAR", "1"),
        "claim_id": ("VARCHAR", lambda row, number: f"claim{number}"),
        "rule": ("VARCHAR", "identity"),
        "claim_month": ("DATE", date(2026, 10, 1)),
        "same_insurer": ("BOOLEAN", True),
        "same_points": ("BOOLEAN", True),
        "same_days": ("BOOLEAN", True),
        "why": ("VARCHAR", "too_weak"),
    },
    "prevention_actions": {
        "action_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "acted_on": ("DATE", date(2026, 3, 15)),
        "category": ("VARCHAR", "資格関係"),
        "department": ("VARCHAR", None),
        "payer": ("VARCHAR", None),
        "insurer_number": ("VARCHAR", None),
        "note": ("VARCHAR", None),
        "file_id": ("VARCHAR", None),
    },
    "guidance": {
        "payer": ("VARCHAR", None),
        "prefecture": ("VARCHAR", None),
        "code": ("VARCHAR", None),
        "category": ("VARCHAR", "資格関係"),
        "meaning_ja": ("VARCHAR", None),
        "look_ja": ("VARCHAR", None),
        "correct_ja": ("VARCHAR", None),
        "prevent_ja": ("VARCHAR", None),
        "source": ("VARCHAR", None),
        "written_on": ("DATE", None),
        "next_review": ("DATE", None),
    },
    "time_rules": {
        "rule_id": ("VARCHAR", None),
        "payer": ("VARCHAR", None),
        "value": ("INTEGER", 1),
        "unit": ("VARCHAR", None),
        "valid_from": ("DATE", None),
        "valid_to": ("DATE", None),
        "source": ("VARCHAR", None),
    },
    "return_reasons": {
        "return_id": ("VARCHAR", "1"),
        "position": ("INTEGER", 1),
        "code_system": ("VARCHAR", "ssk_l"),
        "code": ("VARCHAR", "L3129"),
        "text": ("VARCHAR", "記号・番号の誤り"),
        "supplement": ("VARCHAR", None),
        "category": ("VARCHAR", "資格関係"),
        "category_source": ("VARCHAR", "code"),
    },
    "worklist": {
        "return_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "stage": ("VARCHAR", "first_review"),
        "medium": ("VARCHAR", "online"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "received_month": ("DATE", lambda row, number: shifted(row["processing_month"], 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -1)),
        "setting": ("VARCHAR", "outpatient"),
        "department": ("VARCHAR", None),
        "insurer_number": ("VARCHAR", "06130488"),
        "law_number": ("VARCHAR", "06"),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "points": ("BIGINT", 100),
        "yen": ("BIGINT", lambda row, number: None if row["points"] is None else row["points"] * 10),
        "round": ("INTEGER", 1),
        "age_months": ("INTEGER", 0),
        "reason_code": ("VARCHAR", "L3129"),
        "reason_category": ("VARCHAR", "資格関係"),
        "reason_text": ("VARCHAR", "記号・番号の誤り"),
        "is_downloaded": ("BOOLEAN", True),
        "download_deadline": ("DATE", date(2026, 12, 31)),
        "download_days_left": ("BIGINT", 61),
        "claim_right_expires": ("DATE", date(2031, 8, 31)),
        "claim_right_days_left": ("BIGINT", 1765),
        "deadline": (
            "DATE",
            lambda row, number: row["claim_right_expires" if row["is_downloaded"] else "download_deadline"],
        ),
        "days_left": ("BIGINT", None),
        "urgency": ("VARCHAR", "none"),
        "send_by": ("DATE", date(2026, 11, 10)),
        "meaning_ja": ("VARCHAR", None),
        "look_ja": ("VARCHAR", None),
        "correct_ja": ("VARCHAR", None),
        "prevent_ja": ("VARCHAR", None),
        "guidance_written_on": ("DATE", None),
        "guidance_source": ("VARCHAR", None),
        "owner": ("VARCHAR", None),
        "task_status": ("VARCHAR", None),
        "decision": ("VARCHAR", None),
        "note": ("VARCHAR", None),
        "decided_by": ("VARCHAR", None),
        "decided_on": ("DATE", None),
        "conflicts": ("BIGINT", 0),
    },
    "decision_edits": {
        "return_id": ("VARCHAR", "1"),
        "institution": ("VARCHAR", INSTITUTION),
        "field": ("VARCHAR", "decision"),
        "value": ("VARCHAR", None),
        "base_value": ("VARCHAR", None),
        "decided_by": ("VARCHAR", None),
        "decided_on": ("DATE", date(2026, 10, 20)),
        "state": ("VARCHAR", "applied"),
        "is_settled": (
            "BOOLEAN", lambda row, number: False if row["state"] == "conflict" else None
        ),
        "file_id": ("VARCHAR", None),
        "line_no": ("BIGINT", lambda row, number: number),
        "edit_id": ("VARCHAR", lambda row, number: str(number)),
        "edit_no": ("BIGINT", lambda row, number: number),
    },
    "unlinked": {
        "what": ("VARCHAR", "resubmission_without_return"),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "month": ("DATE", date(2026, 9, 1)),
        "search_number": ("VARCHAR", None),
        "claim_id": ("VARCHAR", lambda row, number: str(number)),
    },
    "adjustments": {
        "adjustment_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "stage": ("VARCHAR", "first_review"),
        "medium": ("VARCHAR", "online"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -1)),
        "setting": ("VARCHAR", "outpatient"),
        "department": ("VARCHAR", None),
        "insurer_number": ("VARCHAR", "06130488"),
        "law_number": ("VARCHAR", "06"),
        "section": ("VARCHAR", "60"),
        "reason_letters": ("VARCHAR", "A"),
        "points_delta": ("BIGINT", -100),
        "yen_delta": ("BIGINT", None),
        "before": ("VARCHAR", None),
        "after": ("VARCHAR", None),
        "item": ("VARCHAR", "検査の名称"),
        "receipt_number": ("BIGINT", lambda row, number: number),
        "reception_number": ("VARCHAR", None),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "search_number": ("VARCHAR", None),
        "receipt_key": (
            "VARCHAR", lambda row, number: f"{row['payer']}/{row['processing_month']}/{row['receipt_number']}"
        ),
        "source": ("VARCHAR", "zogn"),
        "file_id": ("VARCHAR", None),
    },
    "payments": {
        "payment_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -1)),
        "outcome": ("VARCHAR", "paid"),
        "setting": ("VARCHAR", "outpatient"),
        "is_dpc": ("BOOLEAN", False),
        "insurer_number": ("VARCHAR", "06130488"),
        "law_number": ("VARCHAR", "06"),
        "claimed_points": ("BIGINT", 100),
        "fixed_points": (
            "BIGINT",
            lambda row, number: None if row["outcome"] == "returned" else row["claimed_points"],
        ),
        "copay_yen": ("BIGINT", None),
        "paid_yen": (
            "BIGINT",
            lambda row, number: None if row["outcome"] == "returned" else row["fixed_points"] * 7,
        ),
        "receipt_number": ("BIGINT", lambda row, number: number),
        "reception_number": ("VARCHAR", None),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "patient_key": ("VARCHAR", lambda row, number: f"patient{number}"),
        "return_id": ("VARCHAR", None),
        "file_id": ("VARCHAR", None),
    },
    "payment_totals": {
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "source": ("VARCHAR", "fggk"),
        "claims": ("BIGINT", None),
        "points": ("BIGINT", None),
        "calculated_yen": ("BIGINT", None),
        "re_examination_yen": ("BIGINT", None),
        "paid_yen": ("BIGINT", None),
        "paid_on": ("DATE", lambda row, number: shifted(row["processing_month"], 1).replace(day=21)),
        "file_id": ("VARCHAR", None),
    },
    "reported_returns": {
        "report_id": ("VARCHAR", lambda row, number: str(number)),
        "source": ("VARCHAR", "fmei"),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "medium": ("VARCHAR", "online"),
        "stage": ("VARCHAR", "first_review"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "received_month": ("DATE", lambda row, number: shifted(row["processing_month"], 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -1)),
        "setting": ("VARCHAR", "outpatient"),
        "insurer_number": ("VARCHAR", "06130488"),
        "points": ("BIGINT", 100),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "receipt_number": ("BIGINT", lambda row, number: number),
        "reception_number": ("VARCHAR", None),
        "return_id": ("VARCHAR", None),
        "download_deadline": (
            "DATE",
            lambda row, number: day_before(shifted(row["received_month"], 3))
            if row["medium"] == "online"
            else None,
        ),
        "file_id": ("VARCHAR", None),
    },
    "rerouted": {
        "rerouted_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "stage": ("VARCHAR", "first_review"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -1)),
        "outcome": ("VARCHAR", "transferred"),
        "insurer_number": ("VARCHAR", "06130488"),
        "new_payer": ("VARCHAR", None),
        "new_insurer_number": ("VARCHAR", None),
        "parts": ("BIGINT", None),
        "points": ("BIGINT", 100),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "search_number": ("VARCHAR", None),
        "source": ("VARCHAR", "skkg"),
        "file_id": ("VARCHAR", None),
    },
    "pre_checks": {
        "pre_check_id": ("VARCHAR", lambda row, number: str(number)),
        "list": ("VARCHAR", "hasp"),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "claim_month": ("DATE", date(2026, 9, 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["claim_month"], -1)),
        "setting": ("VARCHAR", "outpatient"),
        "receipt_number": ("BIGINT", lambda row, number: number),
        "chart_number": ("VARCHAR", lambda row, number: f"{number:05}"),
        "code": ("VARCHAR", "L3129"),
        "level": ("VARCHAR", "L3"),
        "message": ("VARCHAR", "記号・番号の誤り"),
        "section": ("VARCHAR", None),
        "points_wrong": ("BIGINT", None),
        "points_right": ("BIGINT", None),
        "is_resubmission": ("BOOLEAN", False),
        "return_id": ("VARCHAR", None),
        "file_id": ("VARCHAR", None),
    },
    "re_examinations": {
        "re_examination_id": ("VARCHAR", lambda row, number: str(number)),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "processing_month": ("DATE", date(2026, 9, 1)),
        "service_month": ("DATE", lambda row, number: shifted(row["processing_month"], -6)),
        "requested_on": ("DATE", None),
        "requester": ("VARCHAR", "institution"),
        "reason_number": ("VARCHAR", None),
        "result_code": ("VARCHAR", None),
        "result": ("VARCHAR", "upheld"),
        "result_ja": ("VARCHAR", None),
        "points_delta": ("BIGINT", None),
        "return_id": ("VARCHAR", None),
        "source": ("VARCHAR", "sakr"),
        "file_id": ("VARCHAR", None),
    },
    "sent_totals": {
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "claim_month": ("DATE", date(2026, 9, 1)),
        "source": ("VARCHAR", "hjry"),
        "sending": ("VARCHAR", "1"),
        "setting": ("VARCHAR", "outpatient"),
        "label": ("VARCHAR", "医保"),
        "is_total": ("BOOLEAN", False),
        "is_refused": ("BOOLEAN", False),
        "claims": ("BIGINT", 0),
        "days": ("BIGINT", None),
        "points": ("BIGINT", 0),
        "copay_yen": ("BIGINT", None),
        "file_id": ("VARCHAR", None),
    },
    "corrections": {
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "month": ("DATE", date(2026, 9, 1)),
        "receipt_number": ("BIGINT", lambda row, number: number),
        "chart_number": ("VARCHAR", None),
        "record": ("VARCHAR", "RE"),
        "item": ("VARCHAR", None),
        "is_corrected": ("BOOLEAN", True),
        "file_id": ("VARCHAR", None),
    },
    "coverage": {
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "kind": ("VARCHAR", "hen"),
        "month": ("DATE", date(2026, 9, 1)),
        "state": ("VARCHAR", "loaded"),
        "files": ("BIGINT", lambda row, number: int(row["state"] == "loaded")),
        "receipts": ("BIGINT", 0),
        "evidence": ("VARCHAR", lambda row, number: "file" if row["state"] == "empty" else None),
        "download_deadline": (
            "DATE",
            lambda row, number: day_before(shifted(row["month"], 4))
            if row["kind"] in ("hen", "sah")
            else None,
        ),
        "days_left": ("BIGINT", None),
    },
    "attention": {
        "position": ("BIGINT", lambda row, number: number),
        "what": ("VARCHAR", "return_file_missing"),
        "severity": ("VARCHAR", "red"),
        "institution": ("VARCHAR", INSTITUTION),
        "payer": ("VARCHAR", "shaho"),
        "kind": ("VARCHAR", "hen"),
        "month": ("DATE", date(2026, 9, 1)),
        "number": ("BIGINT", None),
        "name": ("VARCHAR", None),
        "message": ("VARCHAR", None),
        "deadline": ("DATE", None),
        "days_left": ("BIGINT", None),
    },
    "adjustment_letters": {
        "payer": ("VARCHAR", None),
        "letter": ("VARCHAR", None),
        "label_ja": ("VARCHAR", None),
        "class_ja": ("VARCHAR", None),
    },
    "sections": {"section": ("VARCHAR", None), "label_ja": ("VARCHAR", None)},
    "file_kinds": {
        "position": ("INTEGER", lambda row, number: number),
        "kind": ("VARCHAR", None),
        "family": ("VARCHAR", "notice"),
        "basis": ("VARCHAR", "processing"),
        "expected": ("VARCHAR", "once_loaded"),
        "is_downloaded": ("BOOLEAN", False),
    },
    "institutions": {
        "institution": ("VARCHAR", INSTITUTION),
        "name": ("VARCHAR", "架空クリニック"),
        "first_month": ("DATE", date(2026, 9, 1)),
        "last_month": ("DATE", date(2026, 9, 1)),
        "names": ("BIGINT", 1),
    },
    "policy_breaks": {"month": ("DATE", None), "label_ja": ("VARCHAR", None)},
    "law_numbers": {
        "law_number": ("VARCHAR", None),
        "label_ja": ("VARCHAR", None),
        "class_ja": ("VARCHAR", None),
    },
    "categories": {
        "position": ("INTEGER", None),
        "category": ("VARCHAR", None),
        "meaning_ja": ("VARCHAR", None),
        "first_look_ja": ("VARCHAR", None),
    },
    "departments": {"department": ("VARCHAR", None), "label_ja": ("VARCHAR", None)},
    "prefectures": {"prefecture": ("VARCHAR", None), "label_ja": ("VARCHAR", None)},
}  # fmt: skip

SHORT_NAMES = {"category": "main_reason_category", "code": "main_reason_code"}
"""What the returns of a test may call the columns nearly every test needs."""

REFERENCE: dict[str, list[Row]] = {
    "categories": [
        {"position": position, "category": category} for position, category in enumerate(CATEGORIES, start=1)
    ],
    "law_numbers": [
        {"law_number": "06", "label_ja": "健保組合", "class_ja": "健保組合"},
        {"law_number": "00", "label_ja": "国民健康保険", "class_ja": "国保"},
    ],
    "departments": [{"department": "01", "label_ja": "内科"}],
    "prefectures": [{"prefecture": "13", "label_ja": "東京都"}, {"prefecture": "11", "label_ja": "埼玉県"}],
    "policy_breaks": [{"month": date(2024, 12, 1), "label_ja": "保険証の新規発行終了"}],
    "adjustment_letters": [
        {"payer": "shaho", "letter": "A", "label_ja": "適応外", "class_ja": "診療内容"},
        {"payer": "shaho", "letter": "F", "label_ja": "固定点数の誤り", "class_ja": "事務"},
        {"payer": "shaho", "letter": "K", "label_ja": "その他", "class_ja": "事務"},
        {"payer": "kokuho", "letter": "A", "label_ja": "療養担当規則", "class_ja": "診療内容"},
    ],
    "file_kinds": [
        {"kind": kind} for kind in ("uke", "hen", "sah", "henr", "zogn", "fmei", "fggk", "tgft", "sast")
    ],
    "time_rules": [
        {"rule_id": "claim_window_first_day", "value": 5},
        {"rule_id": "claim_window_last_day", "value": 10},
        {"rule_id": "download_months", "value": 2},
    ],
    "sections": [{"section": "21", "label_ja": "内服"}, {"section": "60", "label_ja": "検査"}],
}


WORKLIST_OF_RETURNS = f"""
    INSERT INTO mart.worklist BY NAME
    SELECT
        * EXCLUDE (status, main_reason_code, main_reason_category),
        points * 10 AS yen,
        CAST(0 AS INTEGER) AS age_months,
        main_reason_code AS reason_code,
        main_reason_category AS reason_category,
        CASE WHEN is_downloaded THEN claim_right_expires ELSE download_deadline END AS deadline,
        'none' AS urgency,
        0 AS conflicts
    FROM (
        SELECT
            return_id, {", ".join(c for c in COLUMNS["worklist"] if c in COLUMNS["returns"] and c != "return_id")},
            status, main_reason_code, main_reason_category,
            medium = 'paper' OR list_has_any(sources, ['hen', 'sah']) AS is_downloaded
        FROM mart.returns
    )
    WHERE status = 'open' AND received_month <= DATE '2026-10-31'
"""
"""The open returns with nothing decided, as of the day most tests ask for; urgency is not told."""


JOURNEYS_OF_RETURNS = f"""
    INSERT INTO mart.journeys BY NAME
    SELECT
        return_id AS journey_id,
        {", ".join(c for c in COLUMNS["journeys"] if c in COLUMNS["returns"] and c != "journey_id")},
        received_month AS first_returned_month,
        CAST(1 AS INTEGER) AS rounds,
        return_id AS last_return_id,
        points AS last_points,
        FALSE AS changed_payer,
        main_reason_category AS category
    FROM mart.returns
    WHERE round = 1 AND received_month <= DATE '2026-10-31'
"""
"""Every first return a journey of its own, without what followed."""


def mart(**tables: Table) -> duckdb.DuckDBPyConnection:
    """A connection with every table of schema `mart`, filled with what is given.

    Unless given, institutions spans the months of returns and claims, every return has one
    reason: its main one, the worklist has the open returns and every first return is a journey.
    """
    if unknown := tables.keys() - COLUMNS.keys():
        raise ValueError(f"no mart table named {sorted(unknown)}")
    filled = {name: rows_of(name, tables.get(name, REFERENCE.get(name, []))) for name in COLUMNS}
    if "institutions" not in tables:
        filled["institutions"] = institutions_of(filled)
    if "return_reasons" not in tables:
        filled["return_reasons"] = rows_of("return_reasons", reasons_of(filled["returns"]))

    con = duckdb.connect()
    con.execute("CREATE SCHEMA mart")
    for name, columns in COLUMNS.items():
        declared = ", ".join(f"{column} {dtype}" for column, (dtype, _) in columns.items())
        con.execute(f"CREATE TABLE mart.{name} ({declared})")
        if filled[name]:
            # One statement: several times as fast as executemany.
            row_of_marks = f"({', '.join('?' for _ in columns)})"
            con.execute(
                f"INSERT INTO mart.{name} VALUES {', '.join([row_of_marks] * len(filled[name]))}",
                [row[column] for row in filled[name] for column in columns],
            )
    if "worklist" not in tables:
        con.execute(WORKLIST_OF_RETURNS)
    if "journeys" not in tables:
        con.execute(JOURNEYS_OF_RETURNS)
    return con


def rows_of(name: str, table: Table) -> list[Row]:
    """The rows of a table with every column of the contract, defaults filled in."""
    if isinstance(table, str):
        given = parse(table)
    elif isinstance(table, pl.DataFrame):
        given = table.to_dicts()
    else:
        given = [dict(row) for row in table]
    return [completed(name, row, number) for number, row in enumerate(given, start=1)]


def completed(name: str, given: Row, number: int) -> Row:
    if name == "returns":
        given = {SHORT_NAMES.get(column, column): value for column, value in given.items()}
    columns = COLUMNS[name]
    if unknown := given.keys() - columns.keys():
        raise ValueError(f"mart.{name} has no column {sorted(unknown)}")
    row: Row = {}
    for column, (dtype, default) in columns.items():
        if column in given:
            row[column] = typed(given[column], dtype)
        else:
            row[column] = default(row, number) if callable(default) else default
    return row


def parse(text: str) -> list[Row]:
    """Rows of a table written with `|` between the columns and the names in the first line."""
    lines = [line.split("|") for line in text.strip().splitlines()]
    names, *rows = [[cell.strip() for cell in line] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in rows]


def typed(value: Any, dtype: str) -> Any:
    if not isinstance(value, str):
        return value
    if value in ("", "-"):
        return None
    match dtype:
        case "DATE":
            return date.fromisoformat(value if len(value) == 10 else f"{value}-01")
        case "TIMESTAMP":
            return datetime.fromisoformat(value)
        case "BIGINT" | "INTEGER":
            return int(value)
        case "BOOLEAN":
            return {"true": True, "false": False}[value]
        case "VARCHAR[]":
            return value.split()
    return value


def institutions_of(filled: dict[str, list[Row]]) -> list[Row]:
    months: dict[str, list[date]] = {}
    for table, column in (
        ("returns", "processing_month"),
        ("claims", "claim_month"),
        ("claim_volume", "claim_month"),
    ):
        for row in filled[table]:
            months.setdefault(row["institution"], []).append(row[column])
    return [
        {
            "institution": institution,
            "name": "架空クリニック",
            "first_month": min(found),
            "last_month": max(found),
            "names": 1,
        }
        for institution, found in months.items()
    ]


def reasons_of(returns: list[Row]) -> list[Row]:
    return [
        {
            "return_id": row["return_id"],
            "code": row["main_reason_code"],
            "category": row["main_reason_category"],
        }
        for row in returns
    ]


def shifted(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
