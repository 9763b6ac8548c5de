-- core.claim_volume
-- grain: one institution, payer, claim month and setting, from the best source there is
-- inputs: core.claims, core.blocks, core.payments, core.sent_totals, ledger.fixed_claims, ledger.claim_volumes
-- rule: claim file, then a list of claims, 請求確定状況 (rows 請求済 of the newest sending that has the receipt),
--       振込額明細, オンライン受領書 (合計), then the office's own count. One source for all settings of a month. Only the
--       first two and the last tell re-claims apart; from the others every claim counts as a first claim.
WITH fixed AS (
    SELECT
        blocks.institution,
        blocks.payer,
        blocks.month,
        CASE
            WHEN SUBSTR(claims.claim_type, 4, 1) IN ('1', '3', '5', '7', '9') THEN 'inpatient'
            WHEN SUBSTR(claims.claim_type, 4, 1) IN ('2', '4', '6', '8', '0') THEN 'outpatient'
        END AS setting,
        claims.state,
        COALESCE(claims.points, claims.public_points) AS points,
        blocks.file_no,
        FIRST_VALUE(blocks.file_no) OVER (
            PARTITION BY blocks.institution, blocks.payer, blocks.month, claims.service_month, claims.claim_type,
                COALESCE(claims.patient_key, claims.chart_number, CAST(claims.line_no AS VARCHAR)),
                COALESCE(claims.insurer_number, claims.public_number)
            ORDER BY CASE WHEN claims.state = '1' THEN 0 ELSE 1 END, blocks.file_time DESC, blocks.file_id DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS newest_file
    FROM core.blocks AS blocks
    INNER JOIN ledger.fixed_claims AS claims
        ON claims.file_no = blocks.file_no AND claims.block_no = blocks.block_no
),
by_hand AS (
    SELECT
        blocks.institution,
        blocks.payer,
        blocks.month,
        volumes.setting,
        volumes.claims,
        volumes.first_claims,
        volumes.resubmissions,
        volumes.points,
        ROW_NUMBER() OVER (
            PARTITION BY blocks.institution, blocks.payer, blocks.month, volumes.setting
            ORDER BY blocks.file_time DESC, blocks.file_id DESC, volumes.line_no DESC
        ) AS version
    FROM core.blocks AS blocks
    INNER JOIN ledger.claim_volumes AS volumes
        ON volumes.file_no = blocks.file_no AND volumes.block_no = blocks.block_no
),
volumes AS (
    SELECT
        institution, payer, claim_month, setting, source, CASE source WHEN 'uke' THEN 1 ELSE 2 END AS place,
        COUNT(*) AS claims,
        COUNT(*) FILTER (WHERE NOT is_resubmission) AS first_claims,
        COUNT(*) FILTER (WHERE is_resubmission) AS resubmissions,
        SUM(points) AS points
    FROM core.claims
    GROUP BY institution, payer, claim_month, setting, source
    UNION ALL
    SELECT institution, payer, month, setting, 'fixf', 3, COUNT(*), COUNT(*), NULL, SUM(points)
    FROM fixed
    WHERE file_no = newest_file AND state = '1'
    GROUP BY institution, payer, month, setting
    UNION ALL
    SELECT institution, payer, processing_month, setting, 'fmei', 4, COUNT(*), COUNT(*), NULL, SUM(claimed_points)
    FROM core.payments
    WHERE is_newest
    GROUP BY institution, payer, processing_month, setting
    UNION ALL
    SELECT institution, payer, claim_month, setting, 'hjry', 5, SUM(claims), SUM(claims), NULL, SUM(points)
    FROM core.sent_totals
    WHERE source = 'hjry' AND is_total
    GROUP BY institution, payer, claim_month, setting
    UNION ALL
    SELECT institution, payer, month, setting, 'manual', 6, claims, first_claims, resubmissions, points
    FROM by_hand
    WHERE version = 1
),
ranked AS (
    SELECT volumes.*, MIN(place) OVER (PARTITION BY institution, payer, claim_month) AS best
    FROM volumes
)
SELECT
    institution,
    payer,
    claim_month,
    setting,
    CAST(claims AS BIGINT) AS claims,
    CAST(first_claims AS BIGINT) AS first_claims,
    CAST(resubmissions AS BIGINT) AS resubmissions,
    CAST(points AS BIGINT) AS points,
    source
FROM ranked
WHERE place = best
