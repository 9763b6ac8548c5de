-- core.files
-- grain: one readable file (loaded, not withdrawn)
-- inputs: ledger.files, ledger.sightings, ledger.reasons, ledger.notice_returns
-- rule: kind, payer, month and institution come from the content; the name only where the content lacks it.
--       A file's time is the earliest time any copy of it was seen with, so that the order of loading is irrelevant.
WITH sighted AS (
    SELECT file_id, MIN(file_time) AS file_time, MIN_BY(name, (file_time, name)) AS name
    FROM ledger.sightings
    GROUP BY file_id
),
-- a notice without an official name does not tell its prefecture; an institution known from other files does
known_institutions AS (
    SELECT fee_table, code, MIN(prefecture) AS prefecture
    FROM ledger.files
    WHERE state = 'loaded' AND prefecture IS NOT NULL
    GROUP BY fee_table, code
    HAVING COUNT(DISTINCT prefecture) = 1
),
classes AS (
    SELECT
        file_no,
        COUNT(*) FILTER (WHERE return_class BETWEEN 1 AND 3) AS first_reviews,
        COUNT(*) FILTER (WHERE return_class BETWEEN 4 AND 9) AS re_examinations
    FROM ledger.reasons
    GROUP BY file_no
),
reception_counts AS (
    SELECT file_no, reception_month, COUNT(*) AS receipts
    FROM ledger.notice_returns
    WHERE reception_month IS NOT NULL
    GROUP BY file_no, reception_month
),
reception_ranked AS (
    SELECT
        file_no,
        reception_month,
        ROW_NUMBER() OVER (PARTITION BY file_no ORDER BY receipts DESC, reception_month) AS place
    FROM reception_counts
),
-- candidates for the processing month of a notice must lie at or shortly after its care month
candidates AS (
    SELECT
        files.file_no,
        CASE
            WHEN reception_ranked.reception_month BETWEEN files.service_month AND files.service_month + INTERVAL 3 MONTH
                THEN reception_ranked.reception_month
        END AS by_reception,
        CASE
            WHEN files.name_month BETWEEN files.service_month AND files.service_month + INTERVAL 3 MONTH
                THEN files.name_month
        END AS by_name
    FROM ledger.files AS files
    LEFT JOIN reception_ranked ON reception_ranked.file_no = files.file_no AND reception_ranked.place = 1
    WHERE files.layout = 'henr'
)
SELECT
    files.file_no,
    files.file_id,
    sighted.name,
    sighted.file_time,
    CASE
        WHEN files.layout = 'henr' THEN 'henr'
        WHEN files.trailer = 'GO' THEN 'uke'
        WHEN COALESCE(classes.re_examinations, 0) > COALESCE(classes.first_reviews, 0) THEN 'sah'
        WHEN COALESCE(classes.first_reviews, 0) > 0 THEN 'hen'
        WHEN UPPER(sighted.name) LIKE '%.SAH%' THEN 'sah'
        ELSE 'hen'
    END AS kind,
    files.payer,
    COALESCE(files.prefecture, known_institutions.prefecture, '00') || files.fee_table || files.code AS institution,
    files.institution_name,
    CAST(
        COALESCE(files.month, candidates.by_reception, candidates.by_name, files.service_month + INTERVAL 1 MONTH) AS DATE
    ) AS month,
    files.system,
    files.volume,
    files.trailer
FROM ledger.files AS files
INNER JOIN sighted ON sighted.file_id = files.file_id
LEFT JOIN known_institutions
    ON known_institutions.fee_table = files.fee_table AND known_institutions.code = files.code
LEFT JOIN classes ON classes.file_no = files.file_no
LEFT JOIN candidates ON candidates.file_no = files.file_no
WHERE files.state = 'loaded'
