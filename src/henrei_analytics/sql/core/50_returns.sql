-- core.returns
-- grain: one receipt sent back once, whatever files report it
-- inputs: core.return_versions, core.notice_versions, core.notice_links, core.notice_claims, core.files
-- rule: the return file is the richest source, then the notice, then the claim the notice speaks of. 返戻区分 1–3 is
--       the first review, 4–9 the re-examination; without it the kind of the file decides.
WITH noticed AS (
    SELECT links.receipt_id, notices.*
    FROM core.notice_links AS links
    INNER JOIN core.notice_versions AS notices ON notices.notice_id = links.notice_id
),
from_files AS (
    SELECT
        CONCAT_WS(
            '-',
            receipts.institution,
            receipts.payer,
            COALESCE(receipts.search_number, noticed.search_number, receipts.receipt_id)
        ) AS return_id,
        receipts.institution,
        receipts.payer,
        CASE
            WHEN receipts.return_class BETWEEN 1 AND 3 THEN 'first_review'
            WHEN receipts.return_class BETWEEN 4 AND 9 THEN 're_examination'
            WHEN receipts.kind = 'sah' THEN 're_examination'
            ELSE 'first_review'
        END AS stage,
        'online' AS medium,
        receipts.month AS processing_month,
        receipts.service_month,
        receipts.claim_type,
        COALESCE(receipts.setting, noticed.setting) AS setting,
        COALESCE(receipts.department, noticed.department) AS department,
        COALESCE(receipts.insurer_number, noticed.insurer_number) AS insurer_number,
        COALESCE(receipts.points, noticed.points) AS points,
        receipts.patient_key,
        COALESCE(receipts.chart_number, noticed.chart_number) AS chart_number,
        COALESCE(receipts.search_number, noticed.search_number) AS search_number,
        noticed.reception_number,
        receipts.return_class,
        receipts.kind AS source,
        CASE WHEN noticed.notice_id IS NOT NULL THEN 'henr' END AS second_source,
        CAST(NULL AS VARCHAR) AS claimed_with,
        receipts.file_id,
        receipts.file_no,
        receipts.receipt_no
    FROM core.return_versions AS receipts
    LEFT JOIN noticed ON noticed.receipt_id = receipts.receipt_id
    WHERE receipts.is_newest
),
from_notices AS (
    SELECT
        CONCAT_WS('-', notices.institution, notices.payer, COALESCE(notices.search_number, notices.notice_id)) AS return_id,
        notices.institution,
        notices.payer,
        'first_review' AS stage,
        CASE
            WHEN notices.system LIKE 'M%' THEN 'paper'
            WHEN notices.system IS NULL AND notices.search_number IS NULL AND notices.reception_number IS NULL THEN 'paper'
            ELSE 'online'
        END AS medium,
        notices.processing_month,
        notices.service_month,
        claims.claim_type,
        COALESCE(notices.setting, claims.setting) AS setting,
        COALESCE(notices.department, claims.department) AS department,
        COALESCE(notices.insurer_number, claims.insurer_number) AS insurer_number,
        notices.points,
        claims.patient_key,
        notices.chart_number,
        notices.search_number,
        notices.reception_number,
        CAST(NULL AS BIGINT) AS return_class,
        'henr' AS source,
        CAST(NULL AS VARCHAR) AS second_source,
        claims.claimed_with,
        notices.file_id,
        notices.file_no,
        notices.receipt_no
    FROM core.notice_versions AS notices
    LEFT JOIN core.notice_claims AS claims ON claims.notice_id = notices.notice_id
    WHERE notices.is_newest AND notices.notice_id NOT IN (SELECT notice_id FROM core.notice_links)
),
together AS (
    SELECT * FROM from_files
    UNION ALL
    SELECT * FROM from_notices
)
SELECT
    together.*,
    CAST(processing_month + INTERVAL 1 MONTH AS DATE) AS received_month,
    CASE
        WHEN LENGTH(insurer_number) = 8 THEN SUBSTR(insurer_number, 1, 2)
        WHEN LENGTH(insurer_number) = 6 THEN '00'
    END AS law_number,
    LIST_FILTER([source, second_source], lambda kind: kind IS NOT NULL) AS sources
FROM together
