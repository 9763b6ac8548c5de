-- grain: code of an error of the check before review
-- inputs: warned
-- rule: returns of the window that had been warned about; a return with several codes is in several rows
SELECT
    code,
    MIN(level) AS level,
    MIN(message) AS message,
    COUNT(*) AS returns,
    COUNT(*) FILTER (WHERE in_month) AS returns_month
FROM warned
WHERE in_window
GROUP BY code
ORDER BY returns_month DESC, returns DESC, code NULLS LAST
