-- grain: payer × kind × month from the window's first to the newest known at as_of
-- inputs: mart.coverage, mart.file_kinds, scope
-- rule: as the contract has it, in the order in which files are worked with; 'due_soon' is a missing
--       return file that can be downloaded for 14 days or less
SELECT
    c.month,
    c.payer,
    c.kind,
    CASE
        WHEN c.state = 'missing' AND c.kind IN ('hen', 'sah') AND c.days_left <= 14 THEN 'due_soon'
        ELSE c.state
    END AS state,
    c.files,
    c.receipts,
    c.evidence,
    c.download_deadline,
    c.days_left
FROM mart.coverage AS c
INNER JOIN scope AS s ON c.institution = s.institution
LEFT JOIN mart.file_kinds AS k ON c.kind = k.kind
WHERE c.month BETWEEN s.first_month AND s.as_of
ORDER BY c.payer DESC, k.position NULLS LAST, c.kind, c.month
