-- core.notice_versions
-- grain: one returned receipt of a notice (返戻内訳書) or of the office's own list; `is_newest` marks the version that
--        counts, `kinds` every kind of file that reports it under the same number
-- inputs: core.blocks, ledger.notice_returns
-- rule: a blank 診療年月 is the header's month. YYMM without an era is 令和 unless that lies after the processing
--       month; then it is 平成, 30 years earlier. 区分 tells 入院 and 入院外. A notice leaves out the 0101
--       in front of some insurers. A notice goes before a list. Who keyed the claim (entered_by) only a list tells; under
--       one number it holds for every version.
WITH filled AS (
    SELECT
        blocks.file_no,
        blocks.file_id,
        blocks.file_time,
        blocks.kind,
        blocks.institution,
        blocks.payer,
        blocks.month AS processing_month,
        blocks.system,
        notices.receipt_no,
        notices.line_no,
        COALESCE(
            CAST(
                CASE
                    WHEN notices.service_month > blocks.month THEN notices.service_month - INTERVAL 30 YEAR
                    ELSE notices.service_month
                END AS DATE
            ),
            blocks.service_month
        ) AS service_month,
        COALESCE(
            notices.setting,
            CASE
                WHEN notices.class_label LIKE '%入%' THEN 'inpatient'
                WHEN notices.class_label LIKE '%外%' THEN 'outpatient'
            END
        ) AS setting,
        COALESCE(notices.department, blocks.department) AS department,
        COALESCE(notices.stage, 'first_review') AS stage,
        notices.medium,
        notices.claim_type,
        notices.return_class,
        notices.reception_number,
        CASE
            WHEN blocks.kind = 'henr' AND blocks.payer = 'shaho' AND LENGTH(notices.insurer_number) = 4
                THEN '0101' || notices.insurer_number
            ELSE notices.insurer_number
        END AS insurer_number,
        notices.points,
        notices.days,
        notices.name_key,
        notices.patient_key,
        notices.chart_number,
        NULLIF(LTRIM(notices.chart_number, '0'), '') AS chart_key,
        notices.search_number,
        notices.entered_by AS own_entered_by
    FROM core.blocks AS blocks
    INNER JOIN ledger.notice_returns AS notices
        ON notices.file_no = blocks.file_no AND notices.block_no = blocks.block_no
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
                    THEN CONCAT_WS(
                        '|', kind, stage, CAST(service_month AS VARCHAR), COALESCE(chart_key, name_key), setting,
                        CAST(points AS VARCHAR)
                    )
            END
        ) AS identity
    FROM filled
),
ranked AS (
    SELECT
        identified.*,
        FIRST_VALUE(file_no) OVER newest_first AS newest_file,
        ROW_NUMBER() OVER newest_first AS version,
        LIST_SORT(LIST_DISTINCT(LIST(kind) OVER (PARTITION BY institution, payer, identity))) AS kinds,
        FIRST_VALUE(own_entered_by) OVER (
            PARTITION BY institution, payer, identity
            ORDER BY CASE WHEN own_entered_by IS NULL THEN 1 ELSE 0 END, file_time DESC, file_id DESC, line_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS any_entered_by
    FROM identified
    WINDOW newest_first AS (
        PARTITION BY institution, payer, identity
        ORDER BY CASE WHEN kind = 'henr' THEN 0 ELSE 1 END, file_time DESC, file_id DESC, line_no
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    ranked.* EXCLUDE (own_entered_by, any_entered_by),
    CASE WHEN number IS NOT NULL THEN any_entered_by ELSE own_entered_by END AS entered_by,
    SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS notice_id,
    CASE WHEN number IS NOT NULL THEN version = 1 ELSE file_no = newest_file END AS is_newest,
    -- what names a return without a number for good: its facts, and which of several alike in its file
    CONCAT_WS(
        '-',
        MD5(identity),
        ROW_NUMBER() OVER (PARTITION BY institution, payer, identity, file_no ORDER BY line_no)
    ) AS unnumbered_id
FROM ranked
