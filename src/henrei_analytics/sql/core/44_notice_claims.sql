-- core.notice_claims
-- grain: one notice line without a return file, with the claim it speaks of
-- inputs: core.notice_versions, core.notice_links, core.list_links, core.claims
-- rule: a notice does not tell birth date, claim type or department; the claim of that month with the same service
--       month, points and カルテ番号 (without one: name) does. One to one: equals are paired in order.
WITH notices AS (
    SELECT
        notices.*,
        COALESCE(chart_key, name_key) AS person,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, processing_month, service_month, points, COALESCE(chart_key, name_key)
            ORDER BY file_id, line_no
        ) AS place
    FROM core.notice_versions AS notices
    WHERE is_newest
        AND notice_id NOT IN (SELECT notice_id FROM core.notice_links)
        AND notice_id NOT IN (SELECT list_id FROM core.list_links)
),
charted AS (
    SELECT claims.*, chart_key AS person FROM core.claims AS claims WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT claims.*, name_key AS person FROM core.claims AS claims WHERE name_key IS NOT NULL
),
claims AS (
    SELECT
        charted.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, claim_month, service_month, points, person ORDER BY claim_id
        ) AS place
    FROM charted
)
SELECT
    notices.notice_id,
    claims.claim_id,
    claims.claim_type,
    claims.setting,
    claims.department,
    claims.insurer_number,
    claims.patient_key,
    claims.search_number AS claimed_with
FROM notices
INNER JOIN claims
    ON claims.institution = notices.institution
    AND claims.payer = notices.payer
    AND claims.claim_month = notices.processing_month
    AND claims.service_month = notices.service_month
    AND claims.points = notices.points
    AND claims.person = notices.person
    AND claims.place = notices.place
