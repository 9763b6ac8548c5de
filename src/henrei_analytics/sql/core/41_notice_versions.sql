-- core.notice_versions
-- grain: one returned receipt of a 返戻内訳書; `is_newest` marks the version that counts
-- inputs: core.files, ledger.notice_returns, ledger.notice_blocks
-- rule: a blank 診療年月 is the header's month. YYMM without an era is 令和 unless that lies after the processing
--       month; then it is 平成, 30 years earlier. 区分 tells 入院 and 入院外.
WITH filled AS (
    SELECT
        files.file_no,
        files.file_id,
        files.file_time,
        files.institution,
        files.payer,
        files.month AS processing_month,
        files.system,
        notices.receipt_no,
        notices.line_no,
        COALESCE(
            CAST(
                CASE
                    WHEN notices.service_month > files.month THEN notices.service_month - INTERVAL 30 YEAR
                    ELSE notices.service_month
                END AS DATE
            ),
            blocks.service_month
        ) AS service_month,
        CASE
            WHEN notices.class_label LIKE '%入%' THEN 'inpatient'
            WHEN notices.class_label LIKE '%外%' THEN 'outpatient'
        END AS setting,
        blocks.department,
        notices.reception_number,
        notices.insurer_number,
        notices.points,
        notices.name_key,
        notices.chart_number,
        notices.search_number
    FROM core.files AS files
    INNER JOIN ledger.notice_returns AS notices ON notices.file_no = files.file_no
    LEFT JOIN ledger.notice_blocks AS blocks
        ON blocks.file_no = notices.file_no AND blocks.block_no = notices.block_no
),
identified AS (
    SELECT
        filled.*,
        COALESCE(search_number, reception_number) AS number,
        CONCAT_WS(
            '|',
            COALESCE(
                search_number,
                CONCAT_WS('|', CAST(processing_month AS VARCHAR), reception_number),
                'none'
            ),
            CASE
                WHEN search_number IS NULL AND reception_number IS NULL
                    THEN CONCAT_WS('|', CAST(service_month AS VARCHAR), name_key, setting, CAST(points AS VARCHAR))
            END
        ) AS identity
    FROM filled
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
    SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS notice_id,
    CASE WHEN number IS NOT NULL THEN version = 1 ELSE file_no = newest_file END AS is_newest
FROM ranked
