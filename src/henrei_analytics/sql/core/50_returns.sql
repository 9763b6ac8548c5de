-- core.returns
-- grain: one receipt sent back once, whatever files report it
-- inputs: core.return_versions, core.notice_versions, core.notice_links, core.list_links, core.notice_claims
-- rule: the return file is the richest source, then the notice, then the office's list, then the claim the notice
--       speaks of. 返戻区分 1–3 is the first review, 4–9 the re-examination; without it the kind of the file decides.
--       `sources` names every kind of file that reports the return, the richest first. Its id is its 検索番号, else a
--       hash of what identifies it, so that a list saved anew does not change it.
WITH noticed AS (
    SELECT links.receipt_id, notices.*
    FROM core.notice_links AS links
    INNER JOIN core.notice_versions AS notices ON notices.notice_id = links.notice_id
),
listed AS (
    SELECT
        links.target_id,
        LIST_SORT(LIST_DISTINCT(LIST(links.kind))) AS kinds,
        MIN(lists.entered_by) AS entered_by
    FROM core.list_links AS links
    INNER JOIN core.notice_versions AS lists ON lists.notice_id = links.list_id
    GROUP BY links.target_id
),
from_files AS (
    SELECT
        CONCAT_WS(
            '-',
            receipts.institution,
            receipts.payer,
            COALESCE(receipts.search_number, noticed.search_number, receipts.unnumbered_id)
        ) AS return_id,
        CAST(NULL AS VARCHAR) AS notice_id,
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
        COALESCE(receipts.days, noticed.days) AS days,
        receipts.patient_key,
        COALESCE(receipts.name_key, noticed.name_key) AS name_key,
        COALESCE(receipts.chart_number, noticed.chart_number) AS chart_number,
        COALESCE(receipts.search_number, noticed.search_number) AS search_number,
        noticed.reception_number,
        receipts.return_class,
        receipts.kind AS source,
        LIST_CONCAT(COALESCE(noticed.kinds, []), COALESCE(listed.kinds, [])) AS other_sources,
        listed.entered_by,
        receipts.file_id,
        receipts.file_no,
        receipts.receipt_no
    FROM core.return_versions AS receipts
    LEFT JOIN noticed ON noticed.receipt_id = receipts.receipt_id
    LEFT JOIN listed ON listed.target_id = receipts.receipt_id
    WHERE receipts.is_newest
),
from_notices AS (
    SELECT
        CONCAT_WS(
            '-', notices.institution, notices.payer, COALESCE(notices.search_number, notices.unnumbered_id)
        ) AS return_id,
        notices.notice_id,
        notices.institution,
        notices.payer,
        notices.stage,
        CASE
            WHEN notices.medium IS NOT NULL THEN notices.medium
            WHEN notices.system LIKE 'M%' THEN 'paper'
            WHEN notices.system IS NULL AND notices.search_number IS NULL AND notices.reception_number IS NULL THEN 'paper'
            ELSE 'online'
        END AS medium,
        notices.processing_month,
        notices.service_month,
        COALESCE(notices.claim_type, claims.claim_type) AS claim_type,
        COALESCE(notices.setting, claims.setting) AS setting,
        COALESCE(notices.department, claims.department) AS department,
        COALESCE(notices.insurer_number, claims.insurer_number) AS insurer_number,
        notices.points,
        COALESCE(notices.days, claims.days) AS days,
        COALESCE(claims.patient_key, notices.patient_key) AS patient_key,
        notices.name_key,
        notices.chart_number,
        notices.search_number,
        notices.reception_number,
        CAST(notices.return_class AS BIGINT) AS return_class,
        notices.kind AS source,
        LIST_CONCAT(notices.kinds, COALESCE(listed.kinds, [])) AS other_sources,
        COALESCE(notices.entered_by, listed.entered_by) AS entered_by,
        notices.file_id,
        notices.file_no,
        notices.receipt_no
    FROM core.notice_versions AS notices
    LEFT JOIN core.notice_claims AS claims ON claims.notice_id = notices.notice_id
    LEFT JOIN listed ON listed.target_id = notices.notice_id
    WHERE notices.is_newest
        AND notices.notice_id NOT IN (SELECT notice_id FROM core.notice_links)
        AND notices.notice_id NOT IN (SELECT list_id FROM core.list_links)
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
    NULLIF(LTRIM(chart_number, '0'), '') AS chart_key,
    LIST_CONCAT([source], LIST_SORT(LIST_DISTINCT(LIST_FILTER(other_sources, lambda kind: kind <> source)))) AS sources
FROM together
