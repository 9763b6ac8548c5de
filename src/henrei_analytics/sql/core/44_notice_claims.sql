-- core.notice_claims
-- grain: one notice line without a return file, with the claim it speaks of
-- inputs: core.notice_versions, core.notice_links, core.list_links, core.claims
-- rule: a notice does not tell birth date, claim type or department; the claim of its processing month, at
--       re-examination the latest one before, with the same service month, points and カルテ番号 (without one: name)
--       does. One to one: equals are paired in order.
WITH lines AS (
    SELECT notices.*, COALESCE(chart_key, name_key) AS person
    FROM core.notice_versions AS notices
    WHERE is_newest
        AND notice_id NOT IN (SELECT notice_id FROM core.notice_links)
        AND notice_id NOT IN (SELECT list_id FROM core.list_links)
),
claims_in_question AS (
    SELECT claims.*
    FROM core.claims AS claims
    SEMI JOIN lines
        ON lines.institution = claims.institution
        AND lines.payer = claims.payer
        AND lines.service_month = claims.service_month
        AND lines.points = claims.points
),
charted AS (
    SELECT claims.*, chart_key AS person FROM claims_in_question AS claims WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT claims.*, name_key AS person FROM claims_in_question AS claims WHERE name_key IS NOT NULL
),
claims AS (
    SELECT
        charted.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, claim_month, service_month, points, person ORDER BY claim_id
        ) AS place
    FROM charted
),
claimed_before AS (
    SELECT lines.notice_id, MAX(claims.claim_month) AS claim_month
    FROM lines
    INNER JOIN claims
        ON claims.institution = lines.institution
        AND claims.payer = lines.payer
        AND claims.service_month = lines.service_month
        AND claims.points = lines.points
        AND claims.person = lines.person
        AND claims.claim_month < lines.processing_month
    WHERE lines.stage = 're_examination'
    GROUP BY lines.notice_id
),
notices AS (
    SELECT
        lines.*,
        COALESCE(claimed_before.claim_month, lines.processing_month) AS claim_month,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, processing_month, stage, service_month, points, person
            ORDER BY file_id, line_no
        ) AS place
    FROM lines
    LEFT JOIN claimed_before ON claimed_before.notice_id = lines.notice_id
)
SELECT
    notices.notice_id,
    claims.claim_id,
    claims.claim_type,
    claims.setting,
    claims.department,
    claims.insurer_number,
    claims.patient_key,
    claims.days
FROM notices
INNER JOIN claims
    ON claims.institution = notices.institution
    AND claims.payer = notices.payer
    AND claims.claim_month = notices.claim_month
    AND claims.service_month = notices.service_month
    AND claims.points = notices.points
    AND claims.person = notices.person
    AND claims.place = notices.place
