-- mart.files
-- grain: one file seen; copies of the same content have a row of their own
-- inputs: ledger.files, ledger.sightings, ledger.totals, ledger.adjustment_lines, core.files, core.blocks,
--         core.receipts, core.receipt_versions
-- rule: lines = lines_loaded + lines_skipped + lines_quarantined. The oldest copy stands for the content, the others
--       are duplicates, skipped whole. A file all of whose receipts came again in newer files is superseded.
--       GO and HG count payer lines (HO + KO), not receipts. Volumes of a split file are compared together: all of
--       them must be there and their sums agree. The 合計 and 小計 rows of a 増減点連絡書 must equal its lines.
WITH sightings AS (
    SELECT
        file_id,
        name,
        file_time,
        ROW_NUMBER() OVER (PARTITION BY file_id ORDER BY file_time, name) AS place
    FROM ledger.sightings
),
receipts AS (
    SELECT file_no, COUNT(*) AS receipts, COUNT(*) FILTER (WHERE NOT is_newest) AS superseded
    FROM core.receipt_versions
    GROUP BY file_no
),
months AS (
    SELECT file_no, MIN_BY(month, block_no) AS month
    FROM core.blocks
    GROUP BY file_no
),
trailers AS (
    SELECT
        file_no,
        MAX(control_count) AS control_count,
        MAX(control_points) AS control_points,
        MAX(volume) AS volume
    FROM ledger.totals
    GROUP BY file_no
),
counted AS (
    SELECT file_no, SUM(payer_lines) AS actual_count, SUM(points) AS actual_points
    FROM core.receipts
    GROUP BY file_no
),
sheets AS (
    SELECT
        files.file_no,
        files.institution,
        files.payer,
        files.kind,
        months.month,
        COALESCE(files.volume, '00') AS volume,
        COALESCE(trailers.volume, '99') AS closing,
        trailers.control_count,
        trailers.control_points,
        CAST(COALESCE(counted.actual_count, 0) AS BIGINT) AS actual_count,
        CAST(COALESCE(counted.actual_points, 0) AS BIGINT) AS actual_points
    FROM core.files AS files
    INNER JOIN months ON months.file_no = files.file_no
    LEFT JOIN trailers ON trailers.file_no = files.file_no
    LEFT JOIN counted ON counted.file_no = files.file_no
    WHERE files.kind IN ('uke', 'hen', 'sah')
),
volumes AS (
    SELECT
        institution, payer, kind, month,
        SUM(control_count) AS control_count,
        SUM(control_points) AS control_points,
        SUM(actual_count) AS actual_count,
        SUM(actual_points) AS actual_points,
        MAX(CASE WHEN closing = '99' THEN 1 ELSE 0 END) = 1
            AND MIN(TRY_CAST(volume AS INTEGER)) <= 1  -- they count from 00 or 01
            AND COUNT(DISTINCT volume)
                = MAX(TRY_CAST(volume AS INTEGER)) - MIN(TRY_CAST(volume AS INTEGER)) + 1 AS is_whole
    FROM sheets
    WHERE volume <> '00' OR closing <> '99'
    GROUP BY institution, payer, kind, month
),
adjusted AS (
    SELECT
        file_no,
        SUM(points) FILTER (
            WHERE line_type = '5' AND total_label IN ('合計', '小計') AND COALESCE(part, '') NOT LIKE '%総括%'
        ) AS control_points,
        SUM(points) FILTER (WHERE line_type IN ('3', '4')) AS actual_points
    FROM ledger.adjustment_lines
    GROUP BY file_no
),
compared AS (
    SELECT
        sheets.file_no,
        COALESCE(volumes.control_count, sheets.control_count) AS control_count,
        COALESCE(volumes.control_points, sheets.control_points) AS control_points,
        COALESCE(volumes.actual_count, sheets.actual_count) AS actual_count,
        COALESCE(volumes.actual_points, sheets.actual_points) AS actual_points,
        COALESCE(volumes.is_whole, TRUE) AS is_whole
    FROM sheets
    LEFT JOIN volumes
        ON volumes.institution = sheets.institution
        AND volumes.payer = sheets.payer
        AND volumes.kind = sheets.kind
        AND volumes.month = sheets.month
        AND (sheets.volume <> '00' OR sheets.closing <> '99')
    UNION ALL
    SELECT file_no, NULL, control_points, NULL, actual_points, TRUE FROM adjusted WHERE control_points IS NOT NULL
),
first_copies AS (
    SELECT
        files.file_id,
        sightings.name,
        COALESCE(known.kind, files.kind) AS kind,
        files.payer,
        known.institution,
        COALESCE(months.month, files.month) AS month,
        files.loaded_at,
        CASE
            WHEN files.state = 'loaded' AND receipts.receipts > 0 AND receipts.superseded = receipts.receipts
                THEN 'superseded'
            ELSE files.state
        END AS status,
        files.lines,
        files.lines_loaded,
        files.lines_skipped,
        files.lines_quarantined,
        CAST(compared.control_count AS BIGINT) AS control_count,
        CAST(compared.control_points AS BIGINT) AS control_points,
        CAST(compared.actual_count AS BIGINT) AS actual_count,
        CAST(compared.actual_points AS BIGINT) AS actual_points,
        CASE
            WHEN NOT compared.is_whole THEN FALSE
            WHEN compared.control_count IS NOT NULL
                THEN compared.control_count = compared.actual_count
                    AND COALESCE(compared.control_points, 0) = compared.actual_points
            WHEN compared.actual_count IS NULL AND compared.control_points IS NOT NULL
                THEN compared.control_points = COALESCE(compared.actual_points, 0)
        END AS balanced,
        COALESCE(receipts.receipts, 0) AS receipts,
        COALESCE(receipts.superseded, 0) AS receipts_superseded,
        sightings.file_time,
        CASE
            WHEN NOT compared.is_whole THEN '分割されたファイルの一部が足りません。ほかの巻も取り込んでください。'
            ELSE files.message
        END AS message,
        files.system
    FROM ledger.files AS files
    INNER JOIN sightings ON sightings.file_id = files.file_id AND sightings.place = 1
    LEFT JOIN core.files AS known ON known.file_no = files.file_no
    LEFT JOIN months ON months.file_no = files.file_no
    LEFT JOIN receipts ON receipts.file_no = files.file_no
    LEFT JOIN compared ON compared.file_no = files.file_no
)
SELECT
    file_id, name, kind, payer, institution, month, loaded_at, status, lines, lines_loaded, lines_skipped,
    lines_quarantined, control_count, control_points, actual_count, actual_points, balanced, receipts,
    receipts_superseded, file_time, message, system
FROM first_copies
UNION ALL
SELECT
    first_copies.file_id, sightings.name, first_copies.kind, first_copies.payer, first_copies.institution,
    first_copies.month, first_copies.loaded_at, 'duplicate', first_copies.lines, 0, first_copies.lines, 0, NULL, NULL,
    NULL, NULL, NULL, 0, 0, sightings.file_time,
    CASE WHEN first_copies.status IN ('loaded', 'superseded') THEN '同じ内容のファイルが取込済みです。' ELSE first_copies.message END,
    first_copies.system
FROM sightings
INNER JOIN first_copies ON first_copies.file_id = sightings.file_id
WHERE sightings.place > 1
