-- grain: month × payer (shaho, kokuho, all) whose cuts are known, of all time
-- inputs: mart.claim_volume, mart.coverage, known_adjustments, scope
-- rule: a month is known when its 増減点連絡書 is there, is known to be empty, or any adjustment of it
--       is known; other months have no row, because 0 would be a claim nobody can make. The cut rate
--       (査定率) divides the points cut in the first review of month M by the points claimed in M; it is
--       NULL without either, for 'all' unless every payer dealt with has both, and where more is cut
--       than claimed (claim files are incomplete). payers = which payers 'all' is made of.
WITH told AS (
    SELECT year(c.month) * 12 + month(c.month) AS month_number, c.payer, 1 AS first_review
    FROM mart.coverage AS c
    INNER JOIN scope AS s ON c.institution = s.institution
    WHERE c.kind = 'zogn' AND c.state IN ('loaded', 'empty', 'superseded')
        AND year(c.month) * 12 + month(c.month) < s.as_of_month_number
    UNION ALL
    SELECT
        processing_number AS month_number,
        payer,
        CASE WHEN stage = 'first_review' THEN 1 ELSE 0 END AS first_review
    FROM known_adjustments
),
known AS (
    SELECT month_number, payer, MAX(first_review) AS first_review
    FROM told
    GROUP BY month_number, payer
),
counted AS (
    SELECT
        processing_number AS month_number,
        payer,
        COUNT(*) FILTER (WHERE is_cut) AS cuts,
        COUNT(DISTINCT CASE WHEN is_cut THEN receipt_key END) AS receipts,
        SUM(cut_points) AS cut_points,
        SUM(cut_yen) AS cut_yen,
        COUNT(*) FILTER (WHERE is_raise) AS raises,
        SUM(CASE WHEN is_raise THEN raised_points ELSE 0 END) AS raised_points,
        COUNT(*) FILTER (WHERE is_restoration) AS restorations,
        SUM(CASE WHEN is_restoration THEN raised_points ELSE 0 END) AS restored_points,
        SUM(net_points) AS net_points,
        SUM(CASE WHEN stage = 'first_review' THEN cut_points ELSE 0 END) AS rate_points
    FROM known_adjustments
    GROUP BY processing_number, payer
),
claims AS (
    SELECT
        year(v.claim_month) * 12 + month(v.claim_month) AS month_number,
        v.payer,
        CASE WHEN COUNT(*) = COUNT(v.points) THEN NULLIF(SUM(v.points), 0) END AS claimed_points
    FROM mart.claim_volume AS v
    INNER JOIN scope AS s ON v.institution = s.institution
    GROUP BY year(v.claim_month) * 12 + month(v.claim_month), v.payer
),
payers_dealt_with AS (
    SELECT payer FROM claims
    UNION
    SELECT payer FROM known
),
single_payers AS (
    SELECT
        k.month_number,
        k.payer,
        CASE k.payer WHEN 'shaho' THEN 1 ELSE 2 END AS payers,
        COALESCE(n.cuts, 0) AS cuts,
        COALESCE(n.receipts, 0) AS receipts,
        COALESCE(n.cut_points, 0) AS cut_points,
        COALESCE(n.cut_yen, 0) AS cut_yen,
        COALESCE(n.raises, 0) AS raises,
        COALESCE(n.raised_points, 0) AS raised_points,
        COALESCE(n.restorations, 0) AS restorations,
        COALESCE(n.restored_points, 0) AS restored_points,
        COALESCE(n.net_points, 0) AS net_points,
        CASE WHEN k.first_review = 1 THEN COALESCE(n.rate_points, 0) END AS rate_points,
        c.claimed_points
    FROM known AS k
    LEFT JOIN counted AS n ON k.month_number = n.month_number AND k.payer = n.payer
    LEFT JOIN claims AS c ON k.month_number = c.month_number AND k.payer = c.payer
),
every_payer AS (
    SELECT * FROM single_payers
    UNION ALL
    SELECT
        month_number,
        'all' AS payer,
        SUM(payers) AS payers,
        SUM(cuts) AS cuts,
        SUM(receipts) AS receipts,
        SUM(cut_points) AS cut_points,
        SUM(cut_yen) AS cut_yen,
        SUM(raises) AS raises,
        SUM(raised_points) AS raised_points,
        SUM(restorations) AS restorations,
        SUM(restored_points) AS restored_points,
        SUM(net_points) AS net_points,
        CASE
            WHEN COUNT(rate_points) = (SELECT COUNT(*) FROM payers_dealt_with) THEN SUM(rate_points)
        END AS rate_points,
        CASE
            WHEN COUNT(claimed_points) = (SELECT COUNT(*) FROM payers_dealt_with)
                THEN SUM(claimed_points)
        END AS claimed_points
    FROM single_payers
    GROUP BY month_number
)
SELECT
    month_number,
    payer,
    CAST(payers AS INTEGER) AS payers,
    CAST(cuts AS BIGINT) AS cuts,
    CAST(receipts AS BIGINT) AS receipts,
    CAST(cut_points AS BIGINT) AS cut_points,
    CAST(cut_yen AS BIGINT) AS cut_yen,
    CAST(raises AS BIGINT) AS raises,
    CAST(raised_points AS BIGINT) AS raised_points,
    CAST(restorations AS BIGINT) AS restorations,
    CAST(restored_points AS BIGINT) AS restored_points,
    CAST(net_points AS BIGINT) AS net_points,
    CAST(claimed_points AS BIGINT) AS claimed_points,
    CASE
        WHEN rate_points <= claimed_points THEN CAST(rate_points AS DOUBLE) / claimed_points
    END AS cut_rate
FROM every_payer
