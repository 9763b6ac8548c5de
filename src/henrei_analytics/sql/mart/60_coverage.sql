-- mart.coverage
-- grain: one institution, payer, kind and month: what is there and what is not, as of mart.as_of
-- inputs: core.monthly_files, core.file_kinds, core.payments, core.claim_volume, core.time_rules, ledger.declarations,
--         mart.as_of
-- rule: claim and return files are expected of both payers in every month from the first with any claim or return
--       file to the newest that can be known (claims: after the 10th of the claim month; the rest: from the 5th of
--       the month after). Other monthly notices are expected from the first month one was loaded. Files that come only
--       when there is something (file_kinds.expected = never) are listed but never missing. Nothing came, and that is
--       known (empty): the file itself has no receipts, the 振込額明細 of the month has none (that of 電子 claims: its
--       receipts have a 受付番号; the one of paper claims tells nothing about files), or the office says so.
WITH known AS (
    SELECT
        as_of,
        YEAR(as_of) * 12 + MONTH(as_of) - CASE WHEN DAY(as_of) > 10 THEN 0 ELSE 1 END AS last_claim_number,
        YEAR(as_of) * 12 + MONTH(as_of) - CASE WHEN DAY(as_of) >= 5 THEN 1 ELSE 2 END AS last_processing_number
    FROM mart.as_of
),
downloads AS (
    SELECT CAST(value AS INTEGER) AS months FROM core.time_rules WHERE rule_id = 'download_months'
),
starts AS (
    SELECT institution, MIN(month) AS month
    FROM core.monthly_files
    WHERE kind IN ('uke', 'hen', 'sah', 'henr')
    GROUP BY institution
),
payers AS (
    SELECT * FROM (VALUES ('shaho'), ('kokuho')) AS listed (payer)
),
streams AS (
    SELECT starts.institution, payers.payer, kinds.kind, kinds.basis, kinds.downloads, starts.month AS first_month
    FROM starts
    CROSS JOIN payers
    INNER JOIN core.file_kinds AS kinds ON kinds.expected = 'always'
    UNION ALL
    SELECT files.institution, files.payer, files.kind, MIN(kinds.basis), MIN(kinds.downloads), MIN(files.month)
    FROM core.monthly_files AS files
    INNER JOIN core.file_kinds AS kinds ON kinds.kind = files.kind AND kinds.expected = 'once_loaded'
    GROUP BY files.institution, files.payer, files.kind
),
spans AS (
    SELECT
        streams.*,
        YEAR(first_month) * 12 + MONTH(first_month) AS first_number,
        CASE WHEN basis = 'claim' THEN last_claim_number ELSE last_processing_number END AS last_number
    FROM streams
    CROSS JOIN known
),
expected AS (
    SELECT
        institution,
        payer,
        kind,
        CAST(MAKE_DATE(CAST((number - 1) // 12 AS INTEGER), CAST((number - 1) % 12 + 1 AS INTEGER), 1) AS DATE) AS month
    FROM spans
    CROSS JOIN UNNEST(RANGE(first_number, last_number + 1)) AS numbers (number)
),
cells AS (
    SELECT institution, payer, kind, month FROM expected
    UNION
    SELECT files.institution, files.payer, files.kind, files.month
    FROM core.monthly_files AS files
    INNER JOIN core.file_kinds AS kinds ON kinds.kind = files.kind
    CROSS JOIN known
    WHERE YEAR(files.month) * 12 + MONTH(files.month)
        <= CASE WHEN kinds.basis = 'claim' THEN last_claim_number ELSE last_processing_number END
),
paid AS (
    SELECT
        institution,
        payer,
        processing_month AS month,
        COUNT(*) FILTER (WHERE outcome = 'returned') AS returned,
        COUNT(*) FILTER (WHERE outcome = 'adjusted') AS adjusted
    FROM core.payments
    WHERE is_newest
    GROUP BY institution, payer, processing_month
    HAVING COUNT(reception_number) > 0
),
declared AS (
    SELECT DISTINCT institution, payer, kind, month FROM ledger.declarations
),
judged AS (
    SELECT
        cells.institution,
        cells.payer,
        cells.kind,
        cells.month,
        COALESCE(files.files, 0) AS files,
        COALESCE(files.receipts, 0) AS receipts,
        CASE
            WHEN files.files > 0 AND files.receipts = 0 AND files.quarantined = 0
                AND cells.kind IN ('uke', 'hen', 'sah', 'henr', 'zogn', 'fmei', 'fixf')
                THEN 'file'
            WHEN files.files > 0 THEN NULL
            WHEN cells.kind IN ('hen', 'henr') AND paid.returned = 0 AND payment_files.quarantined = 0 THEN 'fmei'
            WHEN cells.kind = 'zogn' AND paid.adjusted = 0 AND payment_files.quarantined = 0 THEN 'fmei'
            WHEN declared.kind IS NOT NULL THEN 'declared'
        END AS evidence,
        files.files > 0 AND files.receipts > 0 AND files.counting = 0 AS is_superseded,
        volumes.claim_month IS NOT NULL AS is_counted,
        CASE
            WHEN kinds.downloads = 'yes'
                THEN CAST(cells.month + TO_MONTHS(downloads.months + 2) - INTERVAL 1 DAY AS DATE)
        END AS download_deadline,
        known.as_of
    FROM cells
    INNER JOIN core.file_kinds AS kinds ON kinds.kind = cells.kind
    CROSS JOIN known
    CROSS JOIN downloads
    LEFT JOIN core.monthly_files AS files
        ON files.institution = cells.institution AND files.payer = cells.payer
        AND files.kind = cells.kind AND files.month = cells.month
    LEFT JOIN paid
        ON paid.institution = cells.institution AND paid.payer = cells.payer AND paid.month = cells.month
    LEFT JOIN core.monthly_files AS payment_files
        ON payment_files.institution = cells.institution AND payment_files.payer = cells.payer
        AND payment_files.kind = 'fmei' AND payment_files.month = cells.month
    LEFT JOIN (SELECT DISTINCT institution, payer, claim_month FROM core.claim_volume) AS volumes
        ON volumes.institution = cells.institution AND volumes.payer = cells.payer
        AND volumes.claim_month = cells.month
    LEFT JOIN declared
        ON declared.institution = cells.institution AND declared.payer = cells.payer
        AND declared.kind = cells.kind AND declared.month = cells.month
),
stated AS (
    SELECT
        judged.*,
        CASE
            WHEN evidence IS NOT NULL THEN 'empty'
            WHEN kind = 'uke' AND files = 0 AND is_counted THEN 'covered'
            WHEN is_superseded THEN 'superseded'
            WHEN files > 0 THEN 'loaded'
            WHEN download_deadline < as_of THEN 'gone'
            ELSE 'missing'
        END AS state
    FROM judged
)
SELECT
    institution,
    payer,
    kind,
    month,
    state,
    files,
    receipts,
    evidence,
    download_deadline,
    CASE WHEN state = 'missing' THEN DATE_DIFF('day', CAST(as_of AS DATE), download_deadline) END AS days_left
FROM stated
