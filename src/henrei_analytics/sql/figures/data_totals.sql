-- grain: one row per measure × payer
-- inputs: mart.claim_volume, mart.return_reasons, mart.unlinked, known_returns, scope
-- rule: everything of the window; a return reported by several kinds of file counts once in
--       'returns' and once in each 'returns_in_…'. share = count ÷ the measure it is a part of.
WITH claims AS (
    SELECT v.payer, v.claims, v.resubmissions
    FROM mart.claim_volume AS v
    INNER JOIN scope AS s ON v.institution = s.institution
    WHERE v.claim_month BETWEEN s.first_month AND s.month
),
returns AS (
    SELECT payer, return_id, stage, sources
    FROM known_returns
    WHERE in_window
),
reasons AS (
    SELECT r.payer, c.category, c.category_source
    FROM mart.return_reasons AS c
    INNER JOIN returns AS r ON c.return_id = r.return_id
),
unlinked AS (
    SELECT u.payer
    FROM mart.unlinked AS u
    INNER JOIN scope AS s ON u.institution = s.institution
    WHERE u.what = 'resubmission_without_return' AND u.month BETWEEN s.first_month AND s.as_of
),
payers AS (
    SELECT t.payer FROM (VALUES ('shaho'), ('kokuho')) AS t (payer)
),
claim_totals AS (
    SELECT payer, SUM(claims) AS claims, SUM(resubmissions) AS resubmissions
    FROM claims
    GROUP BY payer
),
return_totals AS (
    SELECT
        payer,
        COUNT(*) AS returns,
        COUNT(*) FILTER (WHERE stage = 'first_review') AS first_review,
        COUNT(*) FILTER (WHERE stage = 're_examination') AS re_examination,
        COUNT(*) FILTER (WHERE array_contains(sources, 'hen')) AS hen,
        COUNT(*) FILTER (WHERE array_contains(sources, 'sah')) AS sah,
        COUNT(*) FILTER (WHERE array_contains(sources, 'henr')) AS henr
    FROM returns
    GROUP BY payer
),
reason_totals AS (
    SELECT
        payer,
        COUNT(*) AS reasons,
        COUNT(*) FILTER (WHERE category = '未分類' OR category IS NULL) AS unclassified,
        COUNT(*) FILTER (WHERE category_source = 'text') AS by_text
    FROM reasons
    GROUP BY payer
),
unlinked_totals AS (
    SELECT payer, COUNT(*) AS unlinked FROM unlinked GROUP BY payer
),
totals AS (
    SELECT p.payer, c.claims, c.resubmissions, r.returns, r.first_review, r.re_examination,
        r.hen, r.sah, r.henr, e.reasons, e.unclassified, e.by_text, u.unlinked
    FROM payers AS p
    LEFT JOIN claim_totals AS c ON p.payer = c.payer
    LEFT JOIN return_totals AS r ON p.payer = r.payer
    LEFT JOIN reason_totals AS e ON p.payer = e.payer
    LEFT JOIN unlinked_totals AS u ON p.payer = u.payer
),
measures AS (
    SELECT 1 AS position, 'claims' AS measure, payer, claims AS count, NULL AS whole FROM totals
    UNION ALL SELECT 2, 'resubmissions', payer, resubmissions, claims FROM totals
    UNION ALL SELECT 3, 'unlinked_resubmissions', payer, unlinked, resubmissions FROM totals
    UNION ALL SELECT 4, 'returns', payer, returns, NULL FROM totals
    UNION ALL SELECT 5, 'returns_first_review', payer, first_review, returns FROM totals
    UNION ALL SELECT 6, 'returns_re_examination', payer, re_examination, returns FROM totals
    UNION ALL SELECT 7, 'returns_in_hen', payer, hen, returns FROM totals
    UNION ALL SELECT 8, 'returns_in_sah', payer, sah, returns FROM totals
    UNION ALL SELECT 9, 'returns_in_henr', payer, henr, returns FROM totals
    UNION ALL SELECT 10, 'reasons', payer, reasons, NULL FROM totals
    UNION ALL SELECT 11, 'reasons_unclassified', payer, unclassified, reasons FROM totals
    UNION ALL SELECT 12, 'reasons_by_text', payer, by_text, reasons FROM totals
)
SELECT
    measure,
    payer,
    CAST(COALESCE(count, 0) AS BIGINT) AS count,
    CAST(COALESCE(count, 0) AS DOUBLE) / NULLIF(whole, 0) AS share
FROM measures
ORDER BY position, payer DESC
