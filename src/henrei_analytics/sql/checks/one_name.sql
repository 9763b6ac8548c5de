-- checks.one_name
-- grain: institution
-- inputs: mart.institutions, check_scope
-- rule: all its files bear one name; spaces are not compared
SELECT
    i.names AS found_count,
    CAST(1 AS BIGINT) AS wanted_count,
    CAST(1 AS BIGINT) AS checked,
    CAST(CASE WHEN i.names > 1 THEN 1 ELSE 0 END AS BIGINT) AS violating
FROM mart.institutions AS i
INNER JOIN check_scope AS s ON i.institution = s.institution
WHERE i.names > 0
