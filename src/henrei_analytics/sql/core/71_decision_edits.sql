-- core.decision_edits
-- grain: one edit of one field of one return, on a worklist the office loaded back
-- inputs: ledger.decision_edits, ledger.sightings, core.files, core.returns
-- rule: a worklist says something about every field of its rows; an edit is what differs from what the writer knew: the
--       value at export or, where the same copy was loaded before (same export, and the same writer or, with a name
--       missing, the same place), what it said then. Edits are replayed in the order of file time, file hash and
--       line. applied: the writer knew the value in force; agreed: the value in force was the same already; conflict:
--       the writer knew another value, so the one in force stays. A conflict is settled by a later applied edit or a
--       check mark made on an export that told of it, by another word of the same copy, or when the value in force
--       has become its own. The value in force on a day is that of the last applied edit (edit_no) with decided_on up
--       to it. Where the return is known by another id now, it is the only one with the 検索番号, else the only one
--       with the same institution (its prefecture may have become known since), payer, months, カルテ番号 and points; else decision_without_return.
WITH RECURSIVE by_number AS (
    SELECT SUBSTR(institution, 3) AS office, search_number, MIN(return_id) AS return_id
    FROM core.returns
    WHERE search_number IS NOT NULL
    GROUP BY SUBSTR(institution, 3), search_number
    HAVING COUNT(*) = 1
),
by_receipt AS (
    SELECT
        SUBSTR(institution, 3) AS office,
        payer,
        processing_month,
        service_month,
        chart_key,
        points,
        MIN(return_id) AS return_id
    FROM core.returns
    WHERE chart_key IS NOT NULL
    GROUP BY SUBSTR(institution, 3), payer, processing_month, service_month, chart_key, points
    HAVING COUNT(*) = 1
),
-- a field nobody changed in any copy of an export says nothing
touched AS (
    SELECT DISTINCT export_id, return_id, field
    FROM ledger.decision_edits
    WHERE field <> 'checked' AND new_value IS DISTINCT FROM base_value
),
telling AS (
    SELECT edits.*
    FROM ledger.decision_edits AS edits
    INNER JOIN touched
        ON touched.export_id = edits.export_id
        AND touched.return_id = edits.return_id
        AND touched.field = edits.field
    UNION ALL
    SELECT * FROM ledger.decision_edits WHERE field = 'checked'
),
attached AS (
    SELECT
        edits.*,
        files.file_id,
        files.file_time,
        COALESCE(known.return_id, by_number.return_id, by_receipt.return_id) AS known_id
    FROM telling AS edits
    INNER JOIN core.files AS files ON files.file_no = edits.file_no
    LEFT JOIN core.returns AS known ON known.return_id = edits.return_id
    LEFT JOIN by_number
        ON by_number.office = SUBSTR(edits.institution, 3) AND by_number.search_number = edits.search_number
    LEFT JOIN by_receipt
        ON by_receipt.office = SUBSTR(edits.institution, 3)
        AND by_receipt.payer = edits.payer
        AND by_receipt.processing_month = edits.processing_month
        AND by_receipt.service_month = edits.service_month
        AND by_receipt.chart_key = LTRIM(edits.chart_number, '0')
        AND by_receipt.points IS NOT DISTINCT FROM edits.points
),
statements AS (
    SELECT
        COALESCE(attached.known_id, attached.return_id) AS return_id,
        attached.known_id IS NOT NULL AS is_known,
        COALESCE(returns.institution, attached.institution) AS institution,
        attached.field,
        attached.base_value,
        attached.new_value,
        attached.decided_by,
        COALESCE(attached.decided_on, CAST(attached.file_time AS DATE)) AS decided_on,
        attached.known_conflicts,
        attached.export_id,
        attached.file_id,
        attached.line_no,
        SUBSTR(attached.file_id, 1, 12) || ':' || CAST(attached.line_no AS VARCHAR) || ':' || attached.field AS edit_id,
        ROW_NUMBER() OVER (
            ORDER BY attached.file_time, attached.file_id, attached.line_no, attached.field
        ) AS statement_no
    FROM attached
    LEFT JOIN core.returns AS returns ON returns.return_id = attached.known_id
),
said AS (
    SELECT * FROM statements WHERE field <> 'checked'
),
same_place AS (
    SELECT DISTINCT earlier.file_id AS earlier_file, later.file_id AS later_file
    FROM ledger.sightings AS earlier
    INNER JOIN ledger.sightings AS later ON later.place = earlier.place AND later.file_id <> earlier.file_id
    INNER JOIN core.files AS files ON files.file_id = later.file_id AND files.kind = 'worklist'
),
copies AS (
    SELECT
        later.statement_no,
        earlier.statement_no AS earlier_no,
        earlier.new_value AS earlier_value,
        ROW_NUMBER() OVER (PARTITION BY later.statement_no ORDER BY earlier.statement_no DESC) AS place
    FROM said AS later
    INNER JOIN said AS earlier
        ON earlier.return_id = later.return_id
        AND earlier.field = later.field
        AND earlier.export_id = later.export_id
        AND earlier.statement_no < later.statement_no
    LEFT JOIN same_place
        ON same_place.earlier_file = earlier.file_id AND same_place.later_file = later.file_id
    WHERE earlier.decided_by = later.decided_by
        OR (
            (earlier.decided_by IS NULL OR later.decided_by IS NULL)
            AND same_place.later_file IS NOT NULL
        )
),
known AS (
    SELECT
        said.*,
        CASE WHEN copies.statement_no IS NOT NULL THEN copies.earlier_value ELSE said.base_value END AS known_value
    FROM said
    LEFT JOIN copies ON copies.statement_no = said.statement_no AND copies.place = 1
),
edits AS (
    SELECT known.*, ROW_NUMBER() OVER (PARTITION BY return_id, field ORDER BY statement_no) AS place
    FROM known
    WHERE new_value IS DISTINCT FROM known_value
),
replayed AS (
    SELECT
        return_id,
        field,
        place,
        CASE
            WHEN new_value IS NULL THEN 'agreed'
            WHEN known_value IS NULL THEN 'applied'
            ELSE 'conflict'
        END AS outcome,
        CASE WHEN known_value IS NULL THEN new_value END AS in_force
    FROM edits
    WHERE place = 1
    UNION ALL
    SELECT
        edits.return_id,
        edits.field,
        edits.place,
        CASE
            WHEN edits.new_value IS NOT DISTINCT FROM replayed.in_force THEN 'agreed'
            WHEN edits.known_value IS NOT DISTINCT FROM replayed.in_force THEN 'applied'
            ELSE 'conflict'
        END AS outcome,
        CASE
            WHEN edits.known_value IS NOT DISTINCT FROM replayed.in_force THEN edits.new_value
            ELSE replayed.in_force
        END AS in_force
    FROM replayed
    INNER JOIN edits
        ON edits.return_id = replayed.return_id
        AND edits.field = replayed.field
        AND edits.place = replayed.place + 1
),
backwards AS (
    SELECT
        return_id, field, in_force, ROW_NUMBER() OVER (PARTITION BY return_id, field ORDER BY place DESC) AS place
    FROM replayed
),
in_the_end AS (
    SELECT return_id, field, in_force FROM backwards WHERE place = 1
),
decided AS (
    SELECT edits.*, replayed.outcome
    FROM edits
    INNER JOIN replayed
        ON replayed.return_id = edits.return_id
        AND replayed.field = edits.field
        AND replayed.place = edits.place
),
told AS (
    SELECT field, UNNEST(known_conflicts) AS edit_id FROM decided WHERE outcome = 'applied'
    UNION ALL
    SELECT field, UNNEST(known_conflicts) AS edit_id FROM statements WHERE field = 'checked'
),
answered AS (
    SELECT DISTINCT edit_id FROM told WHERE field IN ('checked', SPLIT_PART(edit_id, ':', 3))
),
withdrawn AS (
    SELECT DISTINCT copies.earlier_no AS statement_no
    FROM copies
    INNER JOIN edits ON edits.statement_no = copies.statement_no
)
SELECT
    decided.return_id,
    decided.institution,
    decided.field,
    decided.new_value AS value,
    decided.known_value AS base_value,
    decided.decided_by,
    decided.decided_on,
    CASE WHEN decided.is_known THEN decided.outcome ELSE 'decision_without_return' END AS state,
    CASE
        WHEN decided.outcome = 'conflict'
            THEN answered.edit_id IS NOT NULL
                OR withdrawn.statement_no IS NOT NULL
                OR decided.new_value IS NOT DISTINCT FROM in_the_end.in_force
    END AS is_settled,
    decided.file_id,
    decided.line_no,
    decided.edit_id,
    ROW_NUMBER() OVER (ORDER BY decided.statement_no) AS edit_no
FROM decided
INNER JOIN in_the_end ON in_the_end.return_id = decided.return_id AND in_the_end.field = decided.field
LEFT JOIN answered ON answered.edit_id = decided.edit_id
LEFT JOIN withdrawn ON withdrawn.statement_no = decided.statement_no
