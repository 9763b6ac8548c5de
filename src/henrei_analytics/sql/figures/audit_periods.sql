-- grain: split of the window (its halves, each change of rules, each prevention action of the institution) ×
--        institution × payer (shaho, kokuho, all)
-- inputs: mart.policy_breaks, mart.prevention_actions, audit_offices, audit_rates, scope
-- rule: halves: first and second half of the window (of an odd number of months the middle one belongs to
--       neither). A change of rules: up to 6 months before, and 6 from its month on. An action: up to 6 months
--       before and after its month. A split with fewer than 3 months of the window on a side is not made. Months that are not known for the institution and payer are left out.
WITH splits AS (
    SELECT
        'halves' AS split,
        '期間の前半と後半' AS label_ja,
        first_month_number AS before_first,
        first_month_number + CAST(FLOOR(CAST(months_back AS DOUBLE) / 2) AS INTEGER) - 1 AS before_last,
        month_number - CAST(FLOOR(CAST(months_back AS DOUBLE) / 2) AS INTEGER) + 1 AS after_first,
        month_number AS after_last
    FROM scope
    WHERE months_back > 1
    UNION ALL
    SELECT
        'policy_break' AS split,
        b.label_ja,
        GREATEST(year(b.month) * 12 + month(b.month) - 6, s.first_month_number),
        year(b.month) * 12 + month(b.month) - 1,
        year(b.month) * 12 + month(b.month),
        LEAST(year(b.month) * 12 + month(b.month) + 5, s.month_number)
    FROM mart.policy_breaks AS b
    CROSS JOIN scope AS s
    WHERE b.month > s.first_month AND b.month <= s.month
    UNION ALL
    SELECT DISTINCT
        'action' AS split,
        CONCAT('取組：', a.category, '（', year(a.acted_on), '年', month(a.acted_on), '月）') AS label_ja,
        GREATEST(year(a.acted_on) * 12 + month(a.acted_on) - 6, s.first_month_number),
        year(a.acted_on) * 12 + month(a.acted_on) - 1,
        year(a.acted_on) * 12 + month(a.acted_on) + 1,
        LEAST(year(a.acted_on) * 12 + month(a.acted_on) + 6, s.month_number)
    FROM mart.prevention_actions AS a
    INNER JOIN scope AS s ON a.institution = s.institution
    WHERE a.acted_on <= s.as_of AND a.acted_on >= s.first_month
        AND year(a.acted_on) * 12 + month(a.acted_on) <= s.month_number
)
SELECT
    p.split,
    p.label_ja,
    make_date(
        CAST(FLOOR(CAST(p.after_first - 1 AS DOUBLE) / 12) AS INTEGER), CAST((p.after_first - 1) % 12 + 1 AS INTEGER), 1
    ) AS after_month,
    o.office,
    o.institution,
    o.is_own,
    r.payer,
    COUNT(*) FILTER (WHERE r.month_number <= p.before_last) AS months_before,
    COUNT(*) FILTER (WHERE r.month_number >= p.after_first) AS months_after,
    CAST(COALESCE(SUM(r.numerator) FILTER (WHERE r.month_number <= p.before_last), 0) AS BIGINT) AS numerator_before,
    CAST(COALESCE(SUM(r.denominator) FILTER (WHERE r.month_number <= p.before_last), 0) AS BIGINT) AS denominator_before,
    CAST(COALESCE(SUM(r.numerator) FILTER (WHERE r.month_number >= p.after_first), 0) AS BIGINT) AS numerator_after,
    CAST(COALESCE(SUM(r.denominator) FILTER (WHERE r.month_number >= p.after_first), 0) AS BIGINT) AS denominator_after
FROM splits AS p
INNER JOIN audit_rates AS r
    ON r.month_number BETWEEN p.before_first AND p.after_last
    AND (r.month_number <= p.before_last OR r.month_number >= p.after_first)
INNER JOIN audit_offices AS o ON r.institution = o.institution
WHERE r.setting = 'all' AND p.before_last - p.before_first >= 2 AND p.after_last - p.after_first >= 2
GROUP BY p.split, p.label_ja, p.before_last, p.after_first, o.office, o.institution, o.is_own, r.payer
ORDER BY CASE p.split WHEN 'halves' THEN 1 WHEN 'policy_break' THEN 2 ELSE 3 END,
    p.after_first,
    p.label_ja,
    o.is_own DESC,
    o.office,
    o.institution,
    CASE r.payer WHEN 'all' THEN 1 WHEN 'shaho' THEN 2 ELSE 3 END
