-- grain: one row per cut of the window
-- inputs: known_adjustments
-- rule: what every breakdown of the cuts is counted from, so that all of them add up to one total
SELECT *
FROM known_adjustments
WHERE is_cut AND in_window
