-- core.adjustment_groups
-- grain: one 明細 of a receipt of a 増減点連絡書: one thing that was cut, raised or noted
-- inputs: core.adjustment_lines
-- rule: amounts are repeated for each 法別番号 of the receipt: those of the first one count. Letters are gathered over
--       all lines of the 明細 (they often stand on another line than the points). Yen are not points. [ ] repeats are
--       never added. A 明細 with nothing but yen, without 箇所 and letters, changes 一部負担金 only; one without amount
--       and letters is a note (公費給付対象).
WITH lines AS (
    SELECT *
    FROM core.adjustment_lines
    WHERE line_type IN ('3', '4')
),
first_laws AS (
    SELECT
        file_no,
        group_no,
        MIN_BY(COALESCE(law_number, ''), line_no) FILTER (WHERE points IS NOT NULL OR yen IS NOT NULL) AS law_number
    FROM lines
    GROUP BY file_no, group_no
),
letters AS (
    SELECT file_no, group_no, letters, MIN(line_no) AS line_no
    FROM lines
    WHERE letters IS NOT NULL
    GROUP BY file_no, group_no, letters
),
letters_together AS (
    SELECT file_no, group_no, STRING_AGG(letters, '' ORDER BY line_no) AS letters
    FROM letters
    GROUP BY file_no, group_no
),
together AS (
    SELECT
        lines.file_no,
        lines.group_no,
        MIN(lines.receipt_place) AS receipt_place,
        MIN(lines.line_no) AS line_no,
        MIN_BY(lines.section, lines.line_no) FILTER (WHERE lines.section IS NOT NULL) AS section,
        SUM(lines.points) FILTER (WHERE COALESCE(lines.law_number, '') = first_laws.law_number) AS points,
        SUM(lines.yen) FILTER (WHERE COALESCE(lines.law_number, '') = first_laws.law_number) AS yen,
        STRING_AGG(lines.before, CHR(10) ORDER BY lines.line_no) AS before,
        STRING_AGG(lines.after, CHR(10) ORDER BY lines.line_no) AS after
    FROM lines
    INNER JOIN first_laws ON first_laws.file_no = lines.file_no AND first_laws.group_no = lines.group_no
    GROUP BY lines.file_no, lines.group_no
),
judged AS (
    SELECT
        together.*,
        letters_together.letters,
        CASE
            WHEN points IS NOT NULL OR letters_together.letters IS NOT NULL THEN 'cut'
            WHEN yen IS NOT NULL AND section IS NOT NULL THEN 'cut'
            WHEN yen IS NOT NULL THEN 'copay'
            ELSE 'note'
        END AS what
    FROM together
    LEFT JOIN letters_together
        ON letters_together.file_no = together.file_no AND letters_together.group_no = together.group_no
)
SELECT
    judged.* EXCLUDE (section),
    -- 箇所 is left out where it repeats that of the 明細 above in the same receipt
    CASE
        WHEN what = 'cut'
            THEN COALESCE(
                section,
                LAST_VALUE(section IGNORE NULLS) OVER (
                    PARTITION BY file_no, receipt_place ORDER BY line_no
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                )
            )
    END AS section
FROM judged
