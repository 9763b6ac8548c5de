-- core.return_versions
-- grain: one receipt of a return file; `is_newest` marks the version that counts
-- inputs: core.receipts
-- rule: one return = institution + payer + 検索番号, in however many files. Without a number: processing month,
--       service month, patient, claim type and points, and then alike receipts of one file are different ones.
WITH identified AS (
    SELECT
        receipts.*,
        CASE
            WHEN search_number IS NOT NULL THEN search_number
            ELSE CONCAT_WS('|', 'none', CAST(month AS VARCHAR), CAST(service_month AS VARCHAR), patient_key,
                claim_type, CAST(points AS VARCHAR))
        END AS identity
    FROM core.receipts AS receipts
    WHERE kind IN ('hen', 'sah')
),
ranked AS (
    SELECT
        identified.*,
        FIRST_VALUE(file_no) OVER newest_first AS newest_file,
        ROW_NUMBER() OVER newest_first AS version
    FROM identified
    WINDOW newest_first AS (
        PARTITION BY institution, payer, identity
        ORDER BY file_time DESC, file_id DESC, line_no
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    ranked.*,
    CASE WHEN search_number IS NOT NULL THEN version = 1 ELSE file_no = newest_file END AS is_newest,
    -- what names a return without a number for good: its facts, and which of several alike in its file
    CONCAT_WS(
        '-',
        MD5(identity),
        ROW_NUMBER() OVER (PARTITION BY institution, payer, identity, file_no ORDER BY line_no)
    ) AS unnumbered_id
FROM ranked
