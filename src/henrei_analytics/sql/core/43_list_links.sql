-- core.list_links
-- grain: one line of the office's own list (paper returns, exports) that a return file or a 返戻内訳書 reports too
-- inputs: core.return_versions, core.notice_versions, core.notice_links
-- rule: whether or not a notice reports the return as well: the same 検索番号 or, in the same month, 受付番号; else, of
--       the same stage, processing and service month and points, the same カルテ番号 (without leading zeros, which
--       spreadsheets drop), else the same name. One to one: equals are paired in line order, the surer link first.
WITH lists AS (
    SELECT * FROM core.notice_versions WHERE is_newest AND kind <> 'henr'
),
notices AS (
    SELECT * FROM core.notice_versions WHERE is_newest AND kind = 'henr'
),
receipts AS (
    SELECT
        versions.receipt_id AS target_id,
        versions.institution,
        versions.payer,
        CASE WHEN versions.kind = 'sah' THEN 're_examination' ELSE 'first_review' END AS stage,
        versions.month AS processing_month,
        versions.service_month,
        versions.points,
        COALESCE(versions.search_number, notices.search_number) AS search_number,
        notices.reception_number,
        COALESCE(versions.chart_key, notices.chart_key) AS chart_key,
        COALESCE(versions.name_key, notices.name_key) AS name_key
    FROM core.return_versions AS versions
    LEFT JOIN core.notice_links AS links ON links.receipt_id = versions.receipt_id
    LEFT JOIN notices ON notices.notice_id = links.notice_id
    WHERE versions.is_newest
),
targets AS (
    SELECT * FROM receipts
    UNION ALL
    SELECT
        notice_id, institution, payer, stage, processing_month, service_month, points, search_number, reception_number,
        chart_key, name_key
    FROM notices
    WHERE notice_id NOT IN (SELECT notice_id FROM core.notice_links)
),
by_number AS (
    SELECT lists.notice_id, targets.target_id, 1 AS certainty
    FROM lists
    INNER JOIN targets
        ON targets.institution = lists.institution
        AND targets.payer = lists.payer
        AND targets.search_number = lists.search_number
    UNION ALL
    SELECT lists.notice_id, targets.target_id, 2
    FROM lists
    INNER JOIN targets
        ON targets.institution = lists.institution
        AND targets.payer = lists.payer
        AND targets.processing_month = lists.processing_month
        AND targets.reception_number = lists.reception_number
),
list_persons AS (
    SELECT lists.*, 'c' || chart_key AS person, 3 AS certainty FROM lists WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT lists.*, 'n' || name_key AS person, 4 AS certainty FROM lists WHERE name_key IS NOT NULL
),
target_persons AS (
    SELECT targets.*, 'c' || chart_key AS person FROM targets WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT targets.*, 'n' || name_key AS person FROM targets WHERE name_key IS NOT NULL
),
placed_lists AS (
    SELECT
        list_persons.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, processing_month, service_month, points, person
            ORDER BY file_id, line_no
        ) AS place
    FROM list_persons
    WHERE notice_id NOT IN (SELECT notice_id FROM by_number)
),
placed_targets AS (
    SELECT
        target_persons.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, processing_month, service_month, points, person
            ORDER BY target_id
        ) AS place
    FROM target_persons
    WHERE target_id NOT IN (SELECT target_id FROM by_number)
),
by_person AS (
    SELECT lists.notice_id, targets.target_id, lists.certainty
    FROM placed_lists AS lists
    INNER JOIN placed_targets AS targets
        ON targets.institution = lists.institution
        AND targets.payer = lists.payer
        AND targets.stage = lists.stage
        AND targets.processing_month = lists.processing_month
        AND targets.service_month = lists.service_month
        AND targets.points = lists.points
        AND targets.person = lists.person
        AND targets.place = lists.place
),
candidates AS (
    SELECT * FROM by_number
    UNION ALL
    SELECT * FROM by_person
),
ranked AS (
    SELECT
        candidates.*,
        ROW_NUMBER() OVER (PARTITION BY notice_id ORDER BY certainty, target_id) AS list_place,
        ROW_NUMBER() OVER (PARTITION BY target_id ORDER BY certainty, notice_id) AS target_place
    FROM candidates
)
SELECT ranked.notice_id AS list_id, lists.kind, ranked.target_id
FROM ranked
INNER JOIN lists ON lists.notice_id = ranked.notice_id
WHERE ranked.list_place = 1 AND ranked.target_place = 1
