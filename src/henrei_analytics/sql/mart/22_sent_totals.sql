-- mart.sent_totals
-- grain: one row of a 送信データ集計表 or オンライン受領書
-- inputs: core.sent_totals
SELECT
    institution, payer, claim_month, source, sending, setting, label, is_total, is_refused, claims, days, points,
    copay_yen, file_id
FROM core.sent_totals
