-- core.list_links
-- grain: one line of the office's own list (paper returns, exports) that a 返戻内訳書 reports too
-- inputs: core.notice_versions, core.notice_links
-- rule: among lines that no return file reports: same stage, processing and service month and points, and the same
--       カルテ番号, else the same name. One to one: equals are paired in line order. Lines with the same number are
--       one already.
WITH unlinked AS (
    SELECT
        notices.*,
        COALESCE(chart_number, name_key) AS person
    FROM core.notice_versions AS notices
    WHERE is_newest AND notice_id NOT IN (SELECT notice_id FROM core.notice_links)
),
lists AS (
    SELECT
        unlinked.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, processing_month, service_month, points, person
            ORDER BY file_id, line_no
        ) AS place
    FROM unlinked
    WHERE kind <> 'henr' AND person IS NOT NULL
),
persons AS (
    SELECT unlinked.*, chart_number AS who FROM unlinked WHERE kind = 'henr' AND chart_number IS NOT NULL
    UNION ALL
    SELECT unlinked.*, name_key AS who FROM unlinked WHERE kind = 'henr' AND name_key IS NOT NULL
),
notices AS (
    SELECT
        persons.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, processing_month, service_month, points, who
            ORDER BY file_id, line_no
        ) AS place
    FROM persons
)
SELECT lists.notice_id AS list_id, lists.kind, notices.notice_id
FROM lists
INNER JOIN notices
    ON notices.institution = lists.institution
    AND notices.payer = lists.payer
    AND notices.stage = lists.stage
    AND notices.processing_month = lists.processing_month
    AND notices.service_month = lists.service_month
    AND notices.points = lists.points
    AND notices.who = lists.person
    AND notices.place = lists.place
