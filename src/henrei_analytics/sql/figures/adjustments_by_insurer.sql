-- grain: payer × insurer, the 15 with most points cut, and one row その他 for all others
-- inputs: cuts
-- rule: the window; その他 keeps the sums equal to the total
WITH insurers AS (
    SELECT
        insurer_number,
        payer,
        COUNT(*) AS cuts,
        COUNT(*) FILTER (WHERE in_month) AS cuts_month,
        SUM(cut_points) AS cut_points,
        SUM(CASE WHEN in_month THEN cut_points ELSE 0 END) AS cut_points_month,
        SUM(cut_yen) AS cut_yen
    FROM cuts
    GROUP BY insurer_number, payer
),
ranked AS (
    SELECT
        i.*,
        LEAST(
            row_number() OVER (ORDER BY cut_points DESC, cuts DESC, insurer_number, payer), 16
        ) AS rank
    FROM insurers AS i
)
SELECT
    rank,
    CASE WHEN rank = 16 THEN 'その他' ELSE MIN(insurer_number) END AS insurer_number,
    CASE WHEN rank < 16 THEN MIN(payer) END AS payer,
    COUNT(*) AS insurers,
    CAST(SUM(cuts) AS BIGINT) AS cuts,
    CAST(SUM(cuts_month) AS BIGINT) AS cuts_month,
    CAST(SUM(cut_points) AS BIGINT) AS cut_points,
    CAST(SUM(cut_points_month) AS BIGINT) AS cut_points_month,
    CAST(SUM(cut_yen) AS BIGINT) AS cut_yen,
    CAST(SUM(cut_points) AS DOUBLE) / NULLIF(SUM(SUM(cut_points)) OVER (), 0) AS share
FROM ranked
GROUP BY rank
ORDER BY rank
