-- grain: payer × letters of a cut
-- inputs: mart.adjustment_letters, cuts
-- rule: the window. Letters mean different things by payer, so they are never added up across payers.
--       A cut with several letters (FK) is one row of its own; its label joins the labels of up to
--       three letters.
WITH counted AS (
    SELECT
        payer,
        letters,
        COUNT(*) AS cuts,
        COUNT(*) FILTER (WHERE in_month) AS cuts_month,
        SUM(cut_points) AS cut_points,
        SUM(CASE WHEN in_month THEN cut_points ELSE 0 END) AS cut_points_month,
        SUM(cut_yen) AS cut_yen
    FROM cuts
    GROUP BY payer, letters
)
SELECT
    n.payer,
    n.letters,
    CASE
        WHEN n.letters = '不明' THEN '記号なし'
        ELSE COALESCE(
            w.label_ja, NULLIF(CONCAT_WS('・', a.label_ja, b.label_ja, c.label_ja), ''), n.letters
        )
    END AS label_ja,
    COALESCE(w.class_ja, a.class_ja, '不明') AS class_ja,
    n.cuts,
    n.cuts_month,
    CAST(n.cut_points AS BIGINT) AS cut_points,
    CAST(n.cut_points_month AS BIGINT) AS cut_points_month,
    CAST(n.cut_yen AS BIGINT) AS cut_yen,
    CAST(n.cut_points AS DOUBLE) / NULLIF(SUM(n.cut_points) OVER (PARTITION BY n.payer), 0) AS share
FROM counted AS n
LEFT JOIN mart.adjustment_letters AS w ON n.payer = w.payer AND n.letters = w.letter
LEFT JOIN mart.adjustment_letters AS a
    ON w.letter IS NULL AND n.payer = a.payer AND substring(n.letters, 1, 1) = a.letter
LEFT JOIN mart.adjustment_letters AS b
    ON w.letter IS NULL AND n.payer = b.payer AND substring(n.letters, 2, 1) = b.letter
LEFT JOIN mart.adjustment_letters AS c
    ON w.letter IS NULL AND n.payer = c.payer AND substring(n.letters, 3, 1) = c.letter
ORDER BY n.payer DESC, n.cut_points DESC, n.cuts DESC, n.letters
