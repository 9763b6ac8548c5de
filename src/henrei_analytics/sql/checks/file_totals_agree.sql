-- checks.file_totals_agree
-- grain: file that carries totals (GO, HG, 合計)
-- inputs: checked_files
-- rule: totals written = totals counted. Not counted against a file none of whose receipts counts where a whole newer file of
--       the month is there: it was fetched again already
SELECT
    f.name,
    f.kind,
    f.month,
    CAST(1 AS BIGINT) AS checked,
    CAST(
        CASE
            WHEN NOT f.balanced
                AND NOT (
                    f.receipts = 0
                    AND EXISTS (
                        SELECT 1
                        FROM checked_files AS newer
                        WHERE newer.status = 'loaded'
                            AND newer.payer = f.payer
                            AND newer.kind = f.kind
                            AND newer.month = f.month
                            AND newer.balanced IS NOT FALSE
                            AND newer.lines_quarantined = 0
                            AND newer.file_time >= f.file_time
                    )
                )
                THEN 1
            ELSE 0
        END AS BIGINT
    ) AS violating
FROM checked_files AS f
WHERE f.status = 'loaded' AND f.balanced IS NOT NULL
