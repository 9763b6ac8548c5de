-- core.files
-- grain: one readable file (loaded, not withdrawn)
-- inputs: ledger.files, ledger.sightings, ledger.reasons, core.known_prefectures
-- rule: kind and payer come from the content; the name only where the content lacks it. A file's time is the earliest
--       time any copy of it was seen with, so that the order of loading is irrelevant.
WITH sighted AS (
    SELECT file_id, MIN(file_time) AS file_time, MIN_BY(name, (file_time, name)) AS name
    FROM ledger.sightings
    GROUP BY file_id
),
classes AS (
    SELECT
        file_no,
        COUNT(*) FILTER (WHERE return_class BETWEEN 1 AND 3) AS first_reviews,
        COUNT(*) FILTER (WHERE return_class BETWEEN 4 AND 9) AS re_examinations
    FROM ledger.reasons
    GROUP BY file_no
)
SELECT
    files.file_no,
    files.file_id,
    sighted.name,
    sighted.file_time,
    CASE
        WHEN files.kind IS NOT NULL THEN files.kind
        WHEN files.trailer = 'GO' THEN 'uke'
        WHEN COALESCE(classes.re_examinations, 0) > COALESCE(classes.first_reviews, 0) THEN 'sah'
        WHEN COALESCE(classes.first_reviews, 0) > 0 THEN 'hen'
        WHEN UPPER(sighted.name) LIKE '%.SAH%' THEN 'sah'
        ELSE 'hen'
    END AS kind,
    files.payer,
    COALESCE(files.prefecture, known.prefecture, '00') || files.fee_table || files.code AS institution,
    files.institution_name,
    files.system,
    files.volume,
    files.trailer
FROM ledger.files AS files
INNER JOIN sighted ON sighted.file_id = files.file_id
LEFT JOIN core.known_prefectures AS known
    ON known.fee_table = files.fee_table AND known.code = files.code
LEFT JOIN classes ON classes.file_no = files.file_no
WHERE files.state = 'loaded'
