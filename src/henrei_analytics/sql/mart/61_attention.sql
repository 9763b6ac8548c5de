-- mart.attention
-- grain: one fact that needs somebody to do something, the most urgent first
-- inputs: mart.coverage, mart.reported_returns, mart.files, mart.sent_totals, mart.claim_volume, mart.unlinked,
--         mart.return_reasons, mart.institutions, mart.duplicate_reclaims, core.returns, core.blocks, core.decision_edits, core.files, mart.as_of
-- rule: red: it will be lost, or a number is wrong, within 14 days; amber: do it this month; info: good to know.
--       What concerns months after as_of is not known yet. Facts of the same kind over many months are one row with their number and the newest month.
WITH known AS (
    SELECT as_of, YEAR(as_of) * 12 + MONTH(as_of) AS as_of_number FROM mart.as_of
),
missing_returns AS (
    SELECT
        'return_file_missing' AS what,
        CASE WHEN days_left <= 14 THEN 'red' ELSE 'amber' END AS severity,
        institution, payer, kind, month, CAST(NULL AS BIGINT) AS number, CAST(NULL AS VARCHAR) AS name,
        download_deadline AS deadline
    FROM mart.coverage
    WHERE kind = 'hen' AND state = 'missing'
),
gone_returns AS (
    SELECT
        'return_file_gone' AS what, 'info' AS severity, institution, payer, kind, MAX(month), COUNT(*), NULL, NULL
    FROM mart.coverage
    WHERE kind = 'hen' AND state = 'gone'
    GROUP BY institution, payer, kind
),
missing_claims AS (
    SELECT
        'claims_missing' AS what, 'amber' AS severity, coverage.institution, coverage.payer, coverage.kind,
        MAX(coverage.month), COUNT(*), NULL, NULL
    FROM mart.coverage AS coverage
    WHERE coverage.kind = 'uke' AND coverage.state = 'missing'
    GROUP BY coverage.institution, coverage.payer, coverage.kind
),
missing_notices AS (
    SELECT
        'notice_missing' AS what, 'info' AS severity, institution, payer, kind, MAX(month), COUNT(*), NULL, NULL
    FROM mart.coverage
    WHERE kind NOT IN ('uke', 'hen') AND state = 'missing'
    GROUP BY institution, payer, kind
),
not_downloaded AS (
    SELECT
        CASE WHEN medium = 'paper' THEN 'reported_on_paper' ELSE 'reported_not_downloaded' END AS what,
        CASE
            WHEN medium = 'paper' THEN 'amber'
            WHEN download_deadline < as_of THEN 'info'
            WHEN download_deadline <= as_of + INTERVAL 14 DAY THEN 'red'
            ELSE 'amber'
        END AS severity,
        institution, payer, source, processing_month, COUNT(*), NULL, download_deadline
    FROM mart.reported_returns
    CROSS JOIN known
    WHERE return_id IS NULL AND YEAR(received_month) * 12 + MONTH(received_month) <= as_of_number
    GROUP BY institution, payer, source, medium, processing_month, download_deadline, as_of
),
both_loaded AS (
    SELECT institution, payer, month
    FROM core.blocks
    WHERE kind IN ('hen', 'henr') AND COALESCE(system, 'RI') NOT LIKE 'M%'
    GROUP BY institution, payer, month
    HAVING COUNT(DISTINCT kind) = 2
),
differing AS (
    SELECT
        'hen_henr_differ' AS what, 'amber' AS severity, returns.institution, returns.payer, 'hen', returns.processing_month,
        COUNT(*), NULL, NULL
    FROM core.returns AS returns
    INNER JOIN both_loaded
        ON both_loaded.institution = returns.institution
        AND both_loaded.payer = returns.payer
        AND both_loaded.month = returns.processing_month
    WHERE returns.stage = 'first_review'
        AND returns.medium = 'online'
        AND LIST_CONTAINS(returns.sources, 'hen') <> LIST_CONTAINS(returns.sources, 'henr')
    GROUP BY returns.institution, returns.payer, returns.processing_month
),
of_files AS (
    SELECT
        CASE
            WHEN status = 'rejected' THEN 'file_rejected'
            WHEN NOT balanced THEN 'totals_differ'
            ELSE 'lines_quarantined'
        END AS what,
        CASE WHEN status = 'rejected' OR NOT balanced THEN 'red' ELSE 'amber' END AS severity,
        institution, payer, kind, month,
        CASE WHEN status <> 'rejected' AND balanced IS NOT FALSE THEN lines_quarantined END, name, NULL
    FROM mart.files AS files
    WHERE status = 'rejected'
        OR (
            status = 'loaded'
            AND (NOT balanced OR lines_quarantined > 0)
            -- nothing of it counts, and a newer file of the month is whole
            AND NOT (
                receipts = 0
                AND EXISTS (
                    SELECT 1
                    FROM mart.files AS newer
                    WHERE newer.status = 'loaded' AND newer.institution = files.institution
                        AND newer.payer = files.payer AND newer.kind = files.kind AND newer.month = files.month
                        AND newer.lines_quarantined = 0 AND newer.balanced IS NOT FALSE
                        AND newer.file_time >= files.file_time
                )
            )
        )
),
accepted AS (
    SELECT
        institution, payer, claim_month,
        SUM(claims) FILTER (WHERE is_total) AS accepted,
        COALESCE(SUM(claims) FILTER (WHERE is_refused), 0) AS refused
    FROM mart.sent_totals
    WHERE source = 'hjry'
    GROUP BY institution, payer, claim_month
),
claimed AS (
    SELECT institution, payer, claim_month, SUM(claims) AS claims
    FROM mart.claim_volume
    WHERE source = 'uke'
    GROUP BY institution, payer, claim_month
),
sent_differing AS (
    SELECT
        'sent_totals_differ' AS what, 'amber' AS severity, claimed.institution, claimed.payer, 'hjry',
        claimed.claim_month, CAST(claimed.claims - accepted.accepted AS BIGINT), NULL, NULL
    FROM claimed
    INNER JOIN accepted
        ON accepted.institution = claimed.institution
        AND accepted.payer = claimed.payer
        AND accepted.claim_month = claimed.claim_month
    WHERE claimed.claims NOT BETWEEN accepted.accepted AND accepted.accepted + accepted.refused
),
unclassified AS (
    SELECT
        'unclassified_codes' AS what, 'info' AS severity, returns.institution, returns.payer, 'hen',
        MAX(returns.processing_month), COUNT(DISTINCT reasons.code), NULL, NULL
    FROM mart.return_reasons AS reasons
    INNER JOIN core.returns AS returns ON returns.return_id = reasons.return_id
    WHERE reasons.category_source = 'unmapped' AND reasons.code IS NOT NULL
    GROUP BY returns.institution, returns.payer
),
mismatched AS (
    SELECT 'search_number_mismatch' AS what, 'amber' AS severity, institution, payer, 'hen', month, COUNT(*), NULL, NULL
    FROM mart.unlinked
    WHERE what = 'search_number_mismatch'
    GROUP BY institution, payer, month
),
-- a claim sent twice can be taken back until it is reviewed; an older one has been decided
claimed_twice AS (
    SELECT
        'duplicate_reclaim' AS what, 'amber' AS severity, duplicates.institution, duplicates.payer, 'uke',
        duplicates.claim_month, COUNT(*), NULL, NULL
    FROM mart.duplicate_reclaims AS duplicates
    CROSS JOIN known
    WHERE duplicates.returned_as IS NULL
        AND YEAR(duplicates.claim_month) * 12 + MONTH(duplicates.claim_month) >= known.as_of_number - 1
    GROUP BY duplicates.institution, duplicates.payer, duplicates.claim_month
),
without_return AS (
    SELECT 'resubmission_without_return' AS what, 'info' AS severity, institution, payer, 'uke', MAX(month), COUNT(*), NULL, NULL
    FROM mart.unlinked
    WHERE what = 'resubmission_without_return'
    GROUP BY institution, payer
),
never_seen AS (
    SELECT 'return_never_seen' AS what, 'info' AS severity, institution, payer, 'hen', MAX(month), COUNT(*), NULL, NULL
    FROM mart.unlinked
    WHERE what = 'return_never_seen'
    GROUP BY institution, payer
),
nowhere AS (
    SELECT 'prefecture_unknown' AS what, 'amber' AS severity, institution, NULL, NULL, NULL, NULL, NULL, NULL
    FROM mart.institutions
    WHERE institution LIKE '00%'
),
conflicting AS (
    SELECT
        'decisions_conflict' AS what, 'amber' AS severity, edits.institution, NULL, 'worklist', NULL, COUNT(*), NULL, NULL
    FROM core.decision_edits AS edits
    CROSS JOIN known
    WHERE edits.state = 'conflict' AND NOT edits.is_settled AND edits.decided_on <= CAST(known.as_of AS DATE)
    GROUP BY edits.institution
),
of_no_return AS (
    SELECT
        'decision_without_return' AS what, 'amber' AS severity, edits.institution, NULL, 'worklist', NULL,
        COUNT(DISTINCT edits.return_id), files.name, NULL
    FROM core.decision_edits AS edits
    INNER JOIN core.files AS files ON files.file_id = edits.file_id
    CROSS JOIN known
    WHERE edits.state = 'decision_without_return' AND edits.decided_on <= CAST(known.as_of AS DATE)
    GROUP BY edits.institution, files.name
),
facts AS (
    SELECT * FROM missing_returns
    UNION ALL
    SELECT * FROM gone_returns
    UNION ALL
    SELECT * FROM missing_claims
    UNION ALL
    SELECT * FROM missing_notices
    UNION ALL
    SELECT * FROM not_downloaded
    UNION ALL
    SELECT * FROM differing
    UNION ALL
    SELECT * FROM of_files
    UNION ALL
    SELECT * FROM sent_differing
    UNION ALL
    SELECT * FROM unclassified
    UNION ALL
    SELECT * FROM mismatched
    UNION ALL
    SELECT * FROM claimed_twice
    UNION ALL
    SELECT * FROM without_return
    UNION ALL
    SELECT * FROM never_seen
    UNION ALL
    SELECT * FROM nowhere
    UNION ALL
    SELECT * FROM conflicting
    UNION ALL
    SELECT * FROM of_no_return
)
SELECT
    ROW_NUMBER() OVER (
        ORDER BY
            CASE severity WHEN 'red' THEN 1 WHEN 'amber' THEN 2 ELSE 3 END,
            deadline NULLS LAST, what, institution NULLS LAST, payer DESC NULLS LAST, kind, month DESC NULLS LAST, name NULLS LAST
    ) AS position,
    what,
    severity,
    institution,
    payer,
    kind,
    month,
    number,
    name,
    deadline,
    DATE_DIFF('day', CAST(known.as_of AS DATE), deadline) AS days_left,
    message
FROM facts
CROSS JOIN known
LEFT JOIN (
    SELECT name AS file_name, status = 'rejected' AS is_rejected, MIN(message) AS message
    FROM mart.files
    WHERE status IN ('loaded', 'rejected')
    GROUP BY name, status = 'rejected'
) AS files
    ON files.file_name = facts.name
    AND (
        (facts.what = 'file_rejected' AND files.is_rejected) OR (facts.what = 'totals_differ' AND NOT files.is_rejected)
    )
WHERE month IS NULL OR month <= as_of
