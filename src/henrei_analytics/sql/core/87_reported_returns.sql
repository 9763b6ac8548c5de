-- core.reported_returns
-- grain: one return that a payment notice reports, with the return it is (NULL: a return we have not got)
-- inputs: core.payments, core.re_examined, core.returns
-- rule: the same 受付番号; else the same カルテ番号, else the same patient, with service month and points (of the
--       processing month in the first review, within a month of it after a re-examination). One to one: equals are
--       paired in order, the surer link first.
WITH reports AS (
    SELECT
        payment_id AS report_id, 'fmei' AS source, institution, payer, medium, 'first_review' AS stage, processing_month,
        service_month, setting, insurer_number, claimed_points AS points, chart_number, receipt_number,
        reception_number, name_key, patient_key, file_id
    FROM core.payments
    WHERE is_newest AND outcome = 'returned'
    UNION ALL
    SELECT
        receipt_id, 'sast', institution, payer, medium, 're_examination', processing_month, service_month, setting,
        insurer_number, ABS(points), NULL, NULL, NULL, name_key, patient_key, file_id
    FROM core.re_examined
    WHERE is_newest AND kind = 'sast' AND result = 'returned'
),
by_reception AS (
    SELECT reports.report_id, returns.return_id, 1 AS certainty
    FROM reports
    INNER JOIN core.returns AS returns
        ON returns.institution = reports.institution
        AND returns.payer = reports.payer
        AND returns.processing_month = reports.processing_month
        AND returns.reception_number = reports.reception_number
),
report_persons AS (
    SELECT reports.*, 'c' || LTRIM(chart_number, '0') AS person, 2 AS certainty
    FROM reports
    WHERE LTRIM(chart_number, '0') <> ''
    UNION ALL
    SELECT reports.*, 'p' || patient_key AS person, 3 AS certainty FROM reports WHERE patient_key IS NOT NULL
    UNION ALL
    SELECT reports.*, 'n' || name_key AS person, 4 AS certainty FROM reports WHERE name_key IS NOT NULL
),
return_persons AS (
    SELECT returns.*, 'c' || chart_key AS person FROM core.returns AS returns WHERE chart_key IS NOT NULL
    UNION ALL
    SELECT returns.*, 'p' || patient_key AS person FROM core.returns AS returns WHERE patient_key IS NOT NULL
    UNION ALL
    SELECT returns.*, 'n' || name_key AS person FROM core.returns AS returns WHERE name_key IS NOT NULL
),
placed_reports AS (
    SELECT
        report_persons.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, service_month, points, person
            ORDER BY processing_month, report_id
        ) AS place,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, service_month, points, person, processing_month
            ORDER BY report_id
        ) AS place_in_month
    FROM report_persons
    WHERE report_id NOT IN (SELECT report_id FROM by_reception)
),
placed_returns AS (
    SELECT
        return_persons.*,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, service_month, points, person
            ORDER BY processing_month, return_id
        ) AS place,
        ROW_NUMBER() OVER (
            PARTITION BY institution, payer, stage, service_month, points, person, processing_month
            ORDER BY return_id
        ) AS place_in_month
    FROM return_persons
    WHERE return_id NOT IN (SELECT return_id FROM by_reception)
),
by_person AS (
    SELECT reports.report_id, returns.return_id, reports.certainty
    FROM placed_reports AS reports
    INNER JOIN placed_returns AS returns
        ON returns.institution = reports.institution
        AND returns.payer = reports.payer
        AND returns.stage = reports.stage
        AND returns.service_month = reports.service_month
        AND returns.points = reports.points
        AND returns.person = reports.person
        AND (
            (returns.processing_month = reports.processing_month AND returns.place_in_month = reports.place_in_month)
            OR (
                reports.stage = 're_examination'
                AND returns.processing_month BETWEEN reports.processing_month - INTERVAL 1 MONTH
                AND reports.processing_month + INTERVAL 1 MONTH
                AND returns.place = reports.place
            )
        )
),
candidates AS (
    SELECT * FROM by_reception
    UNION ALL
    SELECT * FROM by_person
),
of_reports AS (
    SELECT
        candidates.*,
        ROW_NUMBER() OVER (PARTITION BY report_id ORDER BY certainty, return_id) AS report_place,
        ROW_NUMBER() OVER (PARTITION BY return_id ORDER BY certainty, report_id) AS return_place
    FROM candidates
),
links AS (
    SELECT report_id, return_id FROM of_reports WHERE report_place = 1 AND return_place = 1
)
SELECT
    reports.* EXCLUDE (name_key, patient_key),
    CAST(reports.processing_month + INTERVAL 1 MONTH AS DATE) AS received_month,
    links.return_id
FROM reports
LEFT JOIN links ON links.report_id = reports.report_id
