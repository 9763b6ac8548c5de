-- core.reason_systems
-- grain: one payer and code that occurs
-- inputs: core.reason_lines, core.code_systems
-- rule: the form of a code tells its list; the first form of the payer that fits
WITH codes AS (
    SELECT DISTINCT payer, code FROM core.reason_lines WHERE code IS NOT NULL
),
fitting AS (
    SELECT
        codes.payer,
        codes.code,
        systems.code_system,
        ROW_NUMBER() OVER (PARTITION BY codes.payer, codes.code ORDER BY CAST(systems.position AS INTEGER)) AS place
    FROM codes
    INNER JOIN core.code_systems AS systems
        ON systems.payer = codes.payer AND REGEXP_MATCHES(codes.code, systems.pattern)
)
SELECT payer, code, code_system
FROM fitting
WHERE place = 1
