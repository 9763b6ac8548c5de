-- core.adjustments
-- grain: one cut (査定), whatever notices tell of it
-- inputs: core.adjustment_receipts, core.adjustment_groups, core.re_examined, core.pharmacy_cuts, core.claims,
--         ledger.re_examined_items
-- rule: the 増減点連絡書 for the first review, the 再審査等支払調整額通知票 for what came later. A cut of the 突合点検 is told
--       by up to four notices (ttkr, shst, tttr, tskr): the same stage, service month, insurer, patient, points and
--       letters are the same cut, and the richest notice counts. A re-examined receipt without lines of its own is one
--       cut of its whole difference; in the 突合点検 it tells nothing where another notice has the lines of the receipt.
WITH of_first_review AS (
    SELECT
        SUBSTR(receipts.file_id, 1, 12) || '-' || CAST(groups.line_no AS VARCHAR) AS adjustment_id,
        receipts.institution,
        receipts.payer,
        'first_review' AS stage,
        CASE WHEN receipts.system LIKE 'M%' THEN 'paper' ELSE 'online' END AS medium,
        receipts.processing_month,
        receipts.service_month,
        receipts.setting,
        receipts.department,
        COALESCE(receipts.insurer_number, receipts.public_number) AS insurer_number,
        groups.section,
        groups.letters,
        CAST(groups.points AS BIGINT) AS points_delta,
        CAST(groups.yen AS BIGINT) AS yen_delta,
        groups.before,
        groups.after,
        receipts.receipt_number,
        receipts.reception_number,
        receipts.name_key,
        CAST(NULL AS VARCHAR) AS patient_key,
        receipts.chart_number,
        receipts.search_number,
        SUBSTR(receipts.file_id, 1, 12) || '-' || CAST(receipts.line_no AS VARCHAR) AS receipt_key,
        FALSE AS is_whole,
        'zogn' AS source,
        receipts.file_id
    FROM core.adjustment_receipts AS receipts
    INNER JOIN core.adjustment_groups AS groups
        ON groups.file_no = receipts.file_no AND groups.receipt_place = receipts.receipt_place
    WHERE receipts.is_newest AND groups.what = 'cut'
),
items AS (
    SELECT
        receipts.*,
        items.line_no AS item_line,
        items.section,
        items.letters,
        CAST(ROUND(items.points) AS BIGINT) AS item_points,
        CONCAT_WS(' ', items.item_text, items.amount_before, CAST(CAST(items.points_before AS BIGINT) AS VARCHAR) || '点',
            CAST(items.times_before AS VARCHAR) || '回') AS before,
        CONCAT_WS(' ', items.item_text, items.amount_after, CAST(CAST(items.points_after AS BIGINT) AS VARCHAR) || '点',
            CAST(items.times_after AS VARCHAR) || '回') AS after
    FROM core.re_examined AS receipts
    LEFT JOIN ledger.re_examined_items AS items
        ON items.file_no = receipts.file_no
        AND items.service_month = receipts.service_month
        AND items.file_number = receipts.file_number
        AND items.insurer_number IS NOT DISTINCT FROM receipts.insurer_number
        AND items.points IS NOT NULL
        AND COALESCE(items.section, '') <> '98'
    WHERE receipts.is_newest AND receipts.result IN ('cut', 'restored')
),
of_re_examination AS (
    SELECT
        SUBSTR(file_id, 1, 12) || '-' || CAST(COALESCE(item_line, line_no) AS VARCHAR) AS adjustment_id,
        institution,
        payer,
        stage,
        medium,
        processing_month,
        service_month,
        setting,
        department,
        insurer_number,
        section,
        letters,
        CASE WHEN item_line IS NULL THEN NULLIF(points, 0) ELSE item_points END AS points_delta,
        CASE WHEN item_line IS NULL AND COALESCE(points, 0) = 0 THEN yen END AS yen_delta,
        CASE WHEN item_line IS NOT NULL THEN before END AS before,
        CASE WHEN item_line IS NOT NULL THEN after END AS after,
        CAST(NULL AS BIGINT) AS receipt_number,
        CAST(NULL AS VARCHAR) AS reception_number,
        name_key,
        patient_key,
        CAST(NULL AS VARCHAR) AS chart_number,
        CAST(NULL AS VARCHAR) AS search_number,
        receipt_id AS receipt_key,
        item_line IS NULL AS is_whole,
        kind AS source,
        file_id
    FROM items
),
of_pharmacies AS (
    SELECT
        SUBSTR(file_id, 1, 12) || '-' || CAST(line_no AS VARCHAR) AS adjustment_id,
        institution,
        payer,
        'first_review' AS stage,
        'online' AS medium,
        processing_month,
        service_month,
        setting,
        CAST(NULL AS VARCHAR) AS department,
        insurer_number,
        CAST(NULL AS VARCHAR) AS section,
        letters,
        points AS points_delta,
        yen AS yen_delta,
        before,
        after,
        receipt_number,
        reception_number,
        name_key,
        CAST(NULL AS VARCHAR) AS patient_key,
        chart_number,
        CAST(NULL AS VARCHAR) AS search_number,
        SUBSTR(file_id, 1, 12) || '-r' || CAST(receipt_no AS VARCHAR) AS receipt_key,
        FALSE AS is_whole,
        kind AS source,
        file_id
    FROM core.pharmacy_cuts
    WHERE is_newest
),
together AS (
    SELECT * FROM of_first_review
    UNION ALL
    SELECT * FROM of_re_examination
    UNION ALL
    SELECT * FROM of_pharmacies
),
sources AS (
    SELECT * FROM (VALUES
        ('zogn', 1, 'zogn'), ('sast', 1, 'sast'), ('ttkr', 1, 'pharmacy'), ('shst', 2, 'pharmacy'),
        ('tttr', 3, 'pharmacy'), ('tskr', 4, 'pharmacy')
    ) AS listed (source, richness, family)
),
alike AS (
    SELECT
        together.*,
        sources.richness,
        sources.family,
        ROW_NUMBER() OVER (
            PARTITION BY together.source, institution, payer, stage, service_month, insurer_number, name_key,
                points_delta, letters
            ORDER BY adjustment_id
        ) AS place,
        BOOL_OR(NOT is_whole) OVER (
            PARTITION BY family, institution, payer, stage, service_month, insurer_number, name_key
        ) AS has_lines
    FROM together
    INNER JOIN sources ON sources.source = together.source
),
ranked AS (
    SELECT
        alike.*,
        ROW_NUMBER() OVER (
            PARTITION BY
                CASE WHEN family = 'pharmacy' THEN 'pharmacy' ELSE adjustment_id END,
                institution, payer, stage, service_month, insurer_number, name_key, points_delta, letters, place
            ORDER BY richness, adjustment_id
        ) AS rank
    FROM alike
),
persons AS (
    SELECT institution, payer, service_month, 'c' || chart_key AS person, department
    FROM core.claims
    WHERE chart_key IS NOT NULL AND department IS NOT NULL
    UNION ALL
    SELECT institution, payer, service_month, 'p' || patient_key AS person, department
    FROM core.claims
    WHERE patient_key IS NOT NULL AND department IS NOT NULL
),
-- notices seldom tell the 診療科: that of the claims does, where they all name the same one
departments AS (
    SELECT institution, payer, service_month, person, MIN(department) AS department
    FROM persons
    GROUP BY institution, payer, service_month, person
    HAVING COUNT(DISTINCT department) = 1
)
SELECT
    ranked.* EXCLUDE (is_whole, richness, family, place, has_lines, rank, department),
    COALESCE(ranked.department, departments.department) AS department,
    CASE
        WHEN LENGTH(ranked.insurer_number) = 8 THEN SUBSTR(ranked.insurer_number, 1, 2)
        WHEN LENGTH(ranked.insurer_number) = 6 THEN '00'
    END AS law_number,
    -- the name of what was cut is the first word of the text: 「検査Ｄ　１５０×１ …」
    REGEXP_EXTRACT(COALESCE(before, after), '^[ 　]*([^ 　' || CHR(10) || ']+)', 1) AS item
FROM ranked
LEFT JOIN departments
    ON departments.institution = ranked.institution
    AND departments.payer = ranked.payer
    AND departments.service_month = ranked.service_month
    AND departments.person = COALESCE('c' || NULLIF(LTRIM(ranked.chart_number, '0'), ''), 'p' || ranked.patient_key)
WHERE rank = 1 AND NOT (family = 'pharmacy' AND is_whole AND has_lines)
