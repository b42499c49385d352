-- Hours with records, and how long it was quiet before each: the longest silences of each stream. Needs: tally.
WITH hour AS (
    SELECT DISTINCT stream, hour AS time
    FROM tally
    WHERE ignored IS NULL AND hour IS NOT NULL
),
step AS (
    SELECT stream, time, lag(time) OVER (PARTITION BY stream ORDER BY time) AS previous FROM hour
),
silence AS (
    SELECT
        stream, previous + INTERVAL 1 HOUR AS gap_start, time AS gap_end,
        date_diff('hour', previous, time) - 1 AS hours,
        quantile_cont(date_diff('hour', previous, time) - 1, 0.95) OVER (PARTITION BY stream) AS usual
    FROM step
    WHERE previous IS NOT NULL
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY stream ORDER BY hours DESC, gap_start) AS place
    FROM silence
    WHERE hours >= 24 AND hours >= 4 * usual
        -- Where nights are quiet, weekends are: up to 80 hours around noon on Saturday.
        AND NOT (usual >= 8 AND hours <= 80
            AND gap_start <= date_trunc('week', gap_start) + INTERVAL 132 HOUR
            AND gap_end >= date_trunc('week', gap_start) + INTERVAL 132 HOUR)
)
SELECT stream, gap_start, gap_end FROM ranked WHERE place <= 5 ORDER BY stream, gap_start
