-- grain: payer × item × section × letters, the 20 with most points cut, and one row その他 for all others
-- inputs: mart.sections, cuts
-- rule: the window; by payer, because the letters are. その他 keeps the sums equal to the total
WITH items AS (
    SELECT
        payer,
        item,
        section,
        letters,
        COUNT(*) AS cuts,
        COUNT(*) FILTER (WHERE in_month) AS cuts_month,
        SUM(cut_points) AS cut_points,
        SUM(CASE WHEN in_month THEN cut_points ELSE 0 END) AS cut_points_month,
        SUM(cut_yen) AS cut_yen,
        MAX(processing_month) AS last_month
    FROM cuts
    GROUP BY payer, item, section, letters
),
ranked AS (
    SELECT
        i.*,
        COALESCE(l.label_ja, i.section) AS section_label,
        LEAST(
            row_number() OVER (
                ORDER BY i.cut_points DESC, i.cuts DESC, i.item, i.section, i.letters, i.payer
            ),
            21
        ) AS rank
    FROM items AS i
    LEFT JOIN mart.sections AS l ON i.section = l.section
)
SELECT
    rank,
    CASE WHEN rank = 21 THEN 'その他' ELSE MIN(item) END AS item,
    CASE WHEN rank < 21 THEN MIN(payer) END AS payer,
    CASE WHEN rank < 21 THEN MIN(section_label) END AS section_label,
    CASE WHEN rank < 21 THEN MIN(letters) END AS letters,
    COUNT(*) AS items,
    CAST(SUM(cuts) AS BIGINT) AS cuts,
    CAST(SUM(cuts_month) AS BIGINT) AS cuts_month,
    CAST(SUM(cut_points) AS BIGINT) AS cut_points,
    CAST(SUM(cut_points_month) AS BIGINT) AS cut_points_month,
    CAST(SUM(cut_yen) AS BIGINT) AS cut_yen,
    MAX(last_month) AS last_month
FROM ranked
GROUP BY rank
ORDER BY rank
