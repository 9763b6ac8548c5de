-- mart.files
-- grain: one file seen; copies of the same content have a row of their own
-- inputs: ledger.files, ledger.sightings, core.files, core.receipts, core.claim_versions, core.return_versions,
--         core.notice_versions
-- rule: lines = lines_loaded + lines_skipped + lines_quarantined. The oldest copy stands for the content, the others
--       are duplicates, skipped whole. A file all of whose receipts came again in newer files is superseded.
--       GO and HG count payer lines (HO + KO), not receipts; volumes of a split file are not compared one by one.
WITH sightings AS (
    SELECT
        file_id,
        name,
        file_time,
        ROW_NUMBER() OVER (PARTITION BY file_id ORDER BY file_time, name) AS place
    FROM ledger.sightings
),
versions AS (
    SELECT file_no, is_newest FROM core.claim_versions
    UNION ALL
    SELECT file_no, is_newest FROM core.return_versions
    UNION ALL
    SELECT file_no, is_newest FROM core.notice_versions
),
receipts AS (
    SELECT file_no, COUNT(*) AS receipts, COUNT(*) FILTER (WHERE NOT is_newest) AS superseded
    FROM versions
    GROUP BY file_no
),
totals AS (
    SELECT file_no, MAX(control_count) AS control_count, MAX(control_points) AS control_points
    FROM ledger.totals
    GROUP BY file_no
),
counted AS (
    SELECT file_no, SUM(payer_lines) AS actual_count, SUM(points) AS actual_points
    FROM core.receipts
    GROUP BY file_no
),
first_copies AS (
    SELECT
        files.file_id,
        sightings.name,
        known.kind,
        files.payer,
        known.institution,
        COALESCE(known.month, files.month) AS month,
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
        totals.control_count,
        totals.control_points,
        CASE WHEN known.kind <> 'henr' THEN CAST(COALESCE(counted.actual_count, 0) AS BIGINT) END AS actual_count,
        CASE WHEN known.kind <> 'henr' THEN CAST(COALESCE(counted.actual_points, 0) AS BIGINT) END AS actual_points,
        COALESCE(receipts.receipts, 0) AS receipts,
        COALESCE(receipts.superseded, 0) AS receipts_superseded,
        COALESCE(files.volume, '00') = '00' AS is_whole,
        sightings.file_time,
        files.message
    FROM ledger.files AS files
    INNER JOIN sightings ON sightings.file_id = files.file_id AND sightings.place = 1
    LEFT JOIN core.files AS known ON known.file_no = files.file_no
    LEFT JOIN receipts ON receipts.file_no = files.file_no
    LEFT JOIN totals ON totals.file_no = files.file_no
    LEFT JOIN counted ON counted.file_no = files.file_no
),
balanced AS (
    SELECT
        first_copies.*,
        CASE
            WHEN is_whole AND kind IS NOT NULL AND control_count IS NOT NULL
                THEN control_count = actual_count AND COALESCE(control_points, 0) = actual_points
        END AS balanced
    FROM first_copies
)
SELECT
    file_id, name, kind, payer, institution, month, loaded_at, status, lines, lines_loaded, lines_skipped,
    lines_quarantined, control_count, control_points, actual_count, actual_points, balanced, receipts,
    receipts_superseded, file_time, message
FROM balanced
UNION ALL
SELECT
    balanced.file_id, sightings.name, balanced.kind, balanced.payer, balanced.institution, balanced.month,
    balanced.loaded_at, 'duplicate', balanced.lines, 0, balanced.lines, 0, NULL, NULL, NULL, NULL, NULL, 0, 0,
    sightings.file_time, '同じ内容のファイルが取込済みです。'
FROM sightings
INNER JOIN balanced ON balanced.file_id = sightings.file_id
WHERE sightings.place > 1
