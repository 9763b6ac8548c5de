-- mart.guidance
-- grain: one piece of guidance: what to do about a reason code, or about a whole category
-- inputs: core.guidance_texts
SELECT payer, prefecture, code, category, meaning_ja, look_ja, correct_ja, prevent_ja, source, written_on, next_review
FROM core.guidance_texts
