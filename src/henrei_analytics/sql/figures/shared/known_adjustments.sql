-- grain: one row per cut, raise or restoration of the institution that is known at as_of
-- inputs: mart.adjustments, scope
-- rule: the notices of month M arrive in M + 1. Cut, raised (first review) and restored (later) are
--       kept apart and never netted; yen = points x 10 plus what is cut in yen (meals). receipt_key
--       is the same for all cuts of one receipt.
WITH arrived AS (
    SELECT
        a.*,
        year(a.processing_month) * 12 + month(a.processing_month) AS processing_number,
        COALESCE(a.points_delta, 0) AS points,
        COALESCE(a.yen_delta, 0) AS yen
    FROM mart.adjustments AS a
    INNER JOIN scope AS s ON a.institution = s.institution
    WHERE year(a.processing_month) * 12 + month(a.processing_month) < s.as_of_month_number
)
SELECT
    a.adjustment_id,
    a.payer,
    a.stage,
    a.processing_month,
    a.processing_number,
    COALESCE(a.setting, 'unknown') AS setting,
    COALESCE(a.department, '不明') AS department,
    COALESCE(a.insurer_number, '不明') AS insurer_number,
    COALESCE(a.section, '不明') AS section,
    COALESCE(a.reason_letters, '不明') AS letters,
    COALESCE(a.item, '不明') AS item,
    a.receipt_key,
    a.points < 0 OR a.yen < 0 AS is_cut,
    GREATEST(-a.points, 0) AS cut_points,
    GREATEST(-a.points, 0) * 10 + GREATEST(-a.yen, 0) AS cut_yen,
    (a.points > 0 OR a.yen > 0) AND a.stage = 'first_review' AS is_raise,
    (a.points > 0 OR a.yen > 0) AND a.stage <> 'first_review' AS is_restoration,
    GREATEST(a.points, 0) AS raised_points,
    a.points AS net_points,
    a.processing_number = s.month_number AS in_month,
    a.processing_number BETWEEN s.first_month_number AND s.month_number AS in_window
FROM arrived AS a
CROSS JOIN scope AS s
