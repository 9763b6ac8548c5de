-- core.notice_links
-- grain: one line of a 返戻内訳書 that reports a return also known from a return file
-- inputs: core.return_versions, core.notice_versions
-- rule: the same 検索番号; else, among returns of the same stage and month, the same カルテ番号, else the same
--       name, always with service month and points. One to one: equals are paired in line order.
WITH receipts AS (
    SELECT versions.*, CASE WHEN kind = 'sah' THEN 're_examination' ELSE 'first_review' END AS stage
    FROM core.return_versions AS versions
    WHERE is_newest
),
notices AS (
    SELECT * FROM core.notice_versions WHERE is_newest AND kind = 'henr'
),
by_number AS (
    SELECT notices.notice_id, receipts.receipt_id, 'search_number' AS link_rule
    FROM notices
    INNER JOIN receipts
        ON receipts.institution = notices.institution
        AND receipts.payer = notices.payer
        AND receipts.search_number = notices.search_number
),
charted_notices AS (
    SELECT
        notices.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, processing_month, service_month, chart_key, points
            ORDER BY file_id, line_no
        ) AS place
    FROM notices
    WHERE chart_key IS NOT NULL AND notice_id NOT IN (SELECT notice_id FROM by_number)
),
charted_receipts AS (
    SELECT
        receipts.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, month, service_month, chart_key, points
            ORDER BY file_id, line_no
        ) AS place
    FROM receipts
    WHERE chart_key IS NOT NULL AND receipt_id NOT IN (SELECT receipt_id FROM by_number)
),
by_chart AS (
    SELECT charted_notices.notice_id, charted_receipts.receipt_id, 'chart_key' AS link_rule
    FROM charted_notices
    INNER JOIN charted_receipts
        ON charted_receipts.institution = charted_notices.institution
        AND charted_receipts.payer = charted_notices.payer
        AND charted_receipts.stage = charted_notices.stage
        AND charted_receipts.month = charted_notices.processing_month
        AND charted_receipts.service_month = charted_notices.service_month
        AND charted_receipts.chart_key = charted_notices.chart_key
        AND charted_receipts.points = charted_notices.points
        AND charted_receipts.place = charted_notices.place
    WHERE charted_notices.search_number IS NULL OR charted_receipts.search_number IS NULL
),
linked AS (
    SELECT * FROM by_number
    UNION ALL
    SELECT * FROM by_chart
),
named_notices AS (
    SELECT
        notices.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, processing_month, service_month, name_key, points
            ORDER BY file_id, line_no
        ) AS place
    FROM notices
    WHERE name_key IS NOT NULL AND notice_id NOT IN (SELECT notice_id FROM linked)
),
named_receipts AS (
    SELECT
        receipts.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, month, service_month, name_key, points
            ORDER BY file_id, line_no
        ) AS place
    FROM receipts
    WHERE name_key IS NOT NULL AND receipt_id NOT IN (SELECT receipt_id FROM linked)
),
by_name AS (
    SELECT named_notices.notice_id, named_receipts.receipt_id, 'name' AS link_rule
    FROM named_notices
    INNER JOIN named_receipts
        ON named_receipts.institution = named_notices.institution
        AND named_receipts.payer = named_notices.payer
        AND named_receipts.stage = named_notices.stage
        AND named_receipts.month = named_notices.processing_month
        AND named_receipts.service_month = named_notices.service_month
        AND named_receipts.name_key = named_notices.name_key
        AND named_receipts.points = named_notices.points
        AND named_receipts.place = named_notices.place
    WHERE named_notices.search_number IS NULL OR named_receipts.search_number IS NULL
)
SELECT * FROM linked
UNION ALL
SELECT * FROM by_name
