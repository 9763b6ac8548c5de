-- checks.volume_jump
-- grain: payer × claim month that can be compared
-- inputs: compared_volumes
-- rule: claims above twice the median of the months around
SELECT
    payer,
    month,
    claims AS found_count,
    CAST(ROUND(usual) AS BIGINT) AS wanted_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN claims > usual * 2 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM compared_volumes
