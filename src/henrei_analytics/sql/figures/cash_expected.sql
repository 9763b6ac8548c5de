-- grain: month the money is expected in × state (unconfirmed, waiting, next_window, to_download, no_file, too_late) × payer
-- inputs: claim_window, known_returns, scope
-- rule: everything re-claimed and not known to be paid, and everything open, whatever its month. Claimed in
--       a month is paid in the next. An open return that can be sent (claim_window) is taken to go out in the claim
--       window that is open at as_of or comes next (next_window), one whose file can still be downloaded too, told
--       apart (to_download); without a file to be had (no_file), or where the right to claim ends before the window
--       (too_late), no month is expected. unconfirmed: the month of payment is over. A re-claim to the other payer is
--       paid by that one.
WITH dated AS (
    SELECT
        COALESCE(r.resubmitted_payer, r.payer) AS payer,
        r.points,
        'waiting' AS cash_state,
        r.reclaimed_number + 1 AS expected_number
    FROM known_returns AS r
    WHERE r.status = 'resubmitted'
    UNION ALL
    SELECT
        w.payer,
        COALESCE(w.points, 0) AS points,
        CASE w.window_state WHEN 'can_send' THEN 'next_window' ELSE w.window_state END AS cash_state,
        CASE
            WHEN w.window_state IN ('can_send', 'to_download')
                THEN year(s.next_window_end) * 12 + month(s.next_window_end) + 1
        END AS expected_number
    FROM claim_window AS w
    CROSS JOIN scope AS s
),
judged AS (
    SELECT
        d.payer,
        d.points,
        d.expected_number,
        CASE
            WHEN d.cash_state = 'waiting' AND d.expected_number < s.as_of_month_number THEN 'unconfirmed'
            ELSE d.cash_state
        END AS cash_state
    FROM dated AS d
    CROSS JOIN scope AS s
)
SELECT
    make_date(
        CAST(FLOOR(CAST(expected_number - 1 AS DOUBLE) / 12) AS INTEGER),
        CAST((expected_number - 1) % 12 + 1 AS INTEGER),
        1
    ) AS expected_month,
    cash_state,
    payer,
    COUNT(*) AS returns,
    CAST(SUM(points) AS BIGINT) AS points,
    CAST(SUM(points) * 10 AS BIGINT) AS yen
FROM judged
GROUP BY expected_number, cash_state, payer
ORDER BY expected_number NULLS LAST,
    CASE cash_state
        WHEN 'unconfirmed' THEN 1
        WHEN 'waiting' THEN 2
        WHEN 'next_window' THEN 3
        WHEN 'to_download' THEN 4
        WHEN 'no_file' THEN 5
        ELSE 6
    END,
    payer DESC
