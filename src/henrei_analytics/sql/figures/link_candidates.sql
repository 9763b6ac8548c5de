-- grain: one pair of an open return and a claim that may be its re-claim, left unlinked
-- inputs: mart.link_candidates, mart.worklist, scope
-- rule: the returns of the work list, for whom the answer would be news; the newest claim first. same: what agrees
--       besides person and month of care. Carries chart numbers, because somebody has to compare the two.
SELECT
    w.chart_number,
    w.payer,
    w.service_month,
    w.received_month,
    c.claim_month AS candidate_month,
    COALESCE(
        NULLIF(
            CONCAT_WS(
                '・',
                CASE WHEN c.same_insurer THEN '保険者' END,
                CASE WHEN c.same_points THEN '点数' END,
                CASE WHEN c.same_days THEN '実日数' END
            ),
            ''
        ),
        '患者と診療月だけ'
    ) AS same,
    c.why AS link_why,
    CAST(w.points * 10 AS BIGINT) AS yen
FROM mart.link_candidates AS c
INNER JOIN mart.worklist AS w ON c.return_id = w.return_id
INNER JOIN scope AS s ON w.institution = s.institution
ORDER BY c.claim_month DESC, w.points DESC NULLS LAST, c.return_id, c.claim_id
