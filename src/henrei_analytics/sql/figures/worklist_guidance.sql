-- grain: one piece of guidance that some open return needs × the reason code it is of
-- inputs: mart.guidance, mart.worklist, scope
-- rule: the returns that share a piece of guidance are counted together, the most money first. code: the reason code
--       where its own guidance holds (the texts are those of a code); その他 where it is that of the whole category.
WITH of_codes AS (
    SELECT DISTINCT
        meaning_ja,
        COALESCE(look_ja, '') AS look_ja,
        COALESCE(correct_ja, '') AS correct_ja,
        COALESCE(prevent_ja, '') AS prevent_ja
    FROM mart.guidance
    WHERE code IS NOT NULL
),
needed AS (
    SELECT w.*, CASE WHEN o.meaning_ja IS NULL THEN 'その他' ELSE w.reason_code END AS code
    FROM mart.worklist AS w
    INNER JOIN scope AS s ON w.institution = s.institution
    LEFT JOIN of_codes AS o
        ON w.meaning_ja = o.meaning_ja
        AND COALESCE(w.look_ja, '') = o.look_ja
        AND COALESCE(w.correct_ja, '') = o.correct_ja
        AND COALESCE(w.prevent_ja, '') = o.prevent_ja
    WHERE w.meaning_ja IS NOT NULL
)
SELECT
    MIN(reason_category) AS reason_category,
    code,
    meaning_ja,
    correct_ja,
    prevent_ja,
    COUNT(*) AS returns,
    CAST(COALESCE(SUM(points), 0) * 10 AS BIGINT) AS yen,
    guidance_source,
    guidance_written_on
FROM needed
GROUP BY code, meaning_ja, correct_ja, prevent_ja, guidance_source, guidance_written_on
ORDER BY COALESCE(SUM(points), 0) DESC, COUNT(*) DESC, meaning_ja, code, correct_ja NULLS LAST, prevent_ja NULLS LAST,
    guidance_source NULLS LAST, guidance_written_on NULLS LAST
