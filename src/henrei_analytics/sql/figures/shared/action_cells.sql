-- grain: prevention action × month from 6 before to 12 after the month of the action
-- inputs: mart.claim_volume, mart.claims, mart.coverage, mart.prevention_actions, mart.reported_returns,
--         known_returns, loaded_kinds, return_span, scope
-- rule: numerator = first-round first-review returns of the action's category (and department, insurer,
--       payer) with that processing month; denominator = first claims of that month, for a department or an
--       insurer counted one by one. Both NULL where a payer concerned has no claims loaded, or its returns
--       are not known: outside the months with returns, a return file missing, a notice reporting returns
--       that are not loaded.
WITH actions AS (
    SELECT
        a.action_id,
        a.acted_on,
        a.category,
        a.department,
        a.payer,
        a.insurer_number,
        a.note,
        year(a.acted_on) * 12 + month(a.acted_on) AS action_number
    FROM mart.prevention_actions AS a
    INNER JOIN scope AS s ON a.institution = s.institution
    WHERE a.acted_on <= s.as_of
),
action_months AS (
    SELECT a.*, o.months_after, a.action_number + o.months_after AS month_number
    FROM actions AS a
    CROSS JOIN (
        VALUES (-6), (-5), (-4), (-3), (-2), (-1), (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) AS o (months_after)
),
volumes AS (
    SELECT
        year(v.claim_month) * 12 + month(v.claim_month) AS month_number,
        v.payer,
        SUM(v.first_claims) AS first_claims
    FROM mart.claim_volume AS v
    INNER JOIN scope AS s ON v.institution = s.institution
    GROUP BY v.claim_month, v.payer
),
claim_lines AS (
    SELECT
        year(c.claim_month) * 12 + month(c.claim_month) AS month_number,
        c.payer,
        c.department,
        c.insurer_number,
        COUNT(*) FILTER (WHERE c.is_resubmission IS NOT TRUE) AS first_claims
    FROM mart.claims AS c
    INNER JOIN scope AS s ON c.institution = s.institution
    GROUP BY c.claim_month, c.payer, c.department, c.insurer_number
),
months_listed AS (
    SELECT DISTINCT month_number, payer FROM claim_lines
),
payers_dealt_with AS (
    SELECT payer FROM volumes
    UNION
    SELECT payer FROM known_returns WHERE in_rate
),
returns_unknown AS (
    SELECT year(r.processing_month) * 12 + month(r.processing_month) AS month_number, r.payer
    FROM mart.reported_returns AS r
    INNER JOIN scope AS s ON r.institution = s.institution
    WHERE r.stage = 'first_review' AND r.return_id IS NULL
    UNION
    SELECT year(c.month) * 12 + month(c.month) AS month_number, c.payer
    FROM mart.coverage AS c
    INNER JOIN scope AS s ON c.institution = s.institution
    INNER JOIN loaded_kinds AS k ON c.kind = k.kind
    WHERE c.kind = 'hen' AND c.state IN ('missing', 'gone')
),
concerned AS (
    SELECT m.*, p.payer AS one_payer
    FROM action_months AS m
    INNER JOIN payers_dealt_with AS p ON m.payer = p.payer OR m.payer IS NULL
),
narrow_claims AS (
    SELECT c.action_id, c.month_number, c.one_payer, SUM(l.first_claims) AS first_claims
    FROM concerned AS c
    INNER JOIN claim_lines AS l
        ON c.month_number = l.month_number
        AND c.one_payer = l.payer
        AND (c.department IS NULL OR c.department = l.department)
        AND (c.insurer_number IS NULL OR c.insurer_number = l.insurer_number)
    WHERE c.department IS NOT NULL OR c.insurer_number IS NOT NULL
    GROUP BY c.action_id, c.month_number, c.one_payer
),
denominators AS (
    SELECT
        c.action_id,
        c.month_number,
        CASE
            WHEN COUNT(*) = COUNT(*) FILTER (
                WHERE u.payer IS NULL
                    AND c.month_number BETWEEN d.first_number AND d.last_number
                    AND CASE
                        WHEN c.department IS NULL AND c.insurer_number IS NULL THEN v.payer IS NOT NULL
                        ELSE l.payer IS NOT NULL
                    END
            )
                THEN SUM(
                    CASE
                        WHEN c.department IS NULL AND c.insurer_number IS NULL THEN v.first_claims
                        ELSE COALESCE(n.first_claims, 0)
                    END
                )
        END AS first_claims
    FROM concerned AS c
    CROSS JOIN return_span AS d
    LEFT JOIN volumes AS v ON c.month_number = v.month_number AND c.one_payer = v.payer
    LEFT JOIN months_listed AS l ON c.month_number = l.month_number AND c.one_payer = l.payer
    LEFT JOIN narrow_claims AS n
        ON c.action_id = n.action_id AND c.month_number = n.month_number AND c.one_payer = n.one_payer
    LEFT JOIN returns_unknown AS u ON c.month_number = u.month_number AND c.one_payer = u.payer
    GROUP BY c.action_id, c.month_number
),
numerators AS (
    SELECT m.action_id, m.month_number, COUNT(*) AS returns
    FROM action_months AS m
    INNER JOIN known_returns AS r
        ON m.month_number = r.processing_number
        AND m.category = r.category
        AND (m.payer IS NULL OR m.payer = r.payer)
        AND (m.department IS NULL OR m.department = r.department)
        AND (m.insurer_number IS NULL OR m.insurer_number = r.insurer_number)
    WHERE r.in_rate
    GROUP BY m.action_id, m.month_number
)
SELECT
    m.action_id,
    m.acted_on,
    m.category,
    m.department,
    m.payer,
    m.insurer_number,
    m.note,
    m.months_after,
    make_date(
        CAST(FLOOR(CAST(m.month_number - 1 AS DOUBLE) / 12) AS INTEGER),
        CAST((m.month_number - 1) % 12 + 1 AS INTEGER),
        1
    ) AS month,
    m.month_number < s.as_of_month_number AS has_arrived,
    CASE WHEN d.first_claims IS NOT NULL THEN CAST(COALESCE(n.returns, 0) AS BIGINT) END AS numerator,
    CAST(d.first_claims AS BIGINT) AS denominator
FROM action_months AS m
CROSS JOIN scope AS s
LEFT JOIN denominators AS d ON m.action_id = d.action_id AND m.month_number = d.month_number
LEFT JOIN numerators AS n ON m.action_id = n.action_id AND m.month_number = n.month_number
