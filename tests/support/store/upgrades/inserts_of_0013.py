"""The insert of reports of the schema up to 0013, letter by letter as commit 13c30c3 sends it.

The constants interpolated there are filled in, and long lines are wrapped.
"""

from sqlalchemy import text

REPORTS = text(
    """
WITH stored AS (
  INSERT INTO client_reports ("session_id", "report_id", "period_start", "period_end",
    "received_at", "app", "release", "page", "endpoint", "sdk_version", "country",
    "region", "browser", "os", "sample_rate", "attempts", "opened", "failed", "drops",
    "reconnect_attempts", "reconnect_successes", "open_ms", "downtime_ms", "close_codes",
    "abnormal_closes", "recovery_ms", "longest_silence_ms", "sent", "received", "queued",
    "errors", "bytes_sent", "bytes_received", "latency", "latency_sum_us", "setup",
    "setup_sum_us", "network_type", "effective_type", "rtt_ms", "downlink_mbps",
    "page_load_ms", "lcp_ms", "inp_ms", "cls", "ux_errors", "interactions", "custom",
    "lost_reports")
  SELECT "session_id", "report_id", "period_start", "period_end", "received_at", "app",
    "release", "page", "endpoint", "sdk_version", "country", "region", "browser", "os",
    "sample_rate", "attempts", "opened", "failed", "drops", "reconnect_attempts",
    "reconnect_successes", "open_ms", "downtime_ms", "close_codes", "abnormal_closes",
    "recovery_ms", "longest_silence_ms", "sent", "received", "queued", "errors",
    "bytes_sent", "bytes_received", "latency", "latency_sum_us", "setup", "setup_sum_us",
    "network_type", "effective_type", "rtt_ms", "downlink_mbps", "page_load_ms", "lcp_ms",
    "inp_ms", "cls", "ux_errors", "interactions", "custom", "lost_reports" FROM
    json_populate_recordset(NULL::client_reports, CAST(:rows AS json))
  ORDER BY session_id, report_id, period_end
  ON CONFLICT DO NOTHING
  RETURNING session_id, report_id, period_start, period_end, sample_rate, abnormal_closes,
            app, release, page, country, browser, os, effective_type
), upserted AS (
  INSERT INTO sessions AS s (session_id, first_seen, last_seen, reports, weight,
    abnormal_closes,
                             changed, first_seen_before, app,
                               release, page, country, browser,
                               os, effective_type)
  SELECT session_id, min(period_end), max(period_end), count(*), 1 / min(sample_rate),
         sum(abnormal_closes), false, min(period_end), (array_agg(app ORDER BY
           period_end DESC))[1], (array_agg(release ORDER BY period_end DESC))[1],
           (array_agg(page ORDER BY period_end DESC))[1], (array_agg(country ORDER
           BY period_end DESC))[1], (array_agg(browser ORDER BY period_end
           DESC))[1], (array_agg(os ORDER BY period_end DESC))[1],
           (array_agg(effective_type ORDER BY period_end DESC))[1]
  FROM stored GROUP BY session_id ORDER BY session_id
  ON CONFLICT (session_id) DO UPDATE SET
    first_seen = least(s.first_seen, excluded.first_seen),
    first_seen_before = s.first_seen,
    last_seen = greatest(s.last_seen, excluded.last_seen),
    reports = s.reports + excluded.reports,
    weight = greatest(s.weight, excluded.weight),
    abnormal_closes = s.abnormal_closes + excluded.abnormal_closes,
    changed = excluded.first_seen < s.first_seen
      OR (s.abnormal_closes = 0 AND excluded.abnormal_closes > 0) OR
        coalesce(excluded.app, s.app) IS DISTINCT FROM s.app OR
        coalesce(excluded.release, s.release) IS DISTINCT FROM s.release OR
        coalesce(excluded.page, s.page) IS DISTINCT FROM s.page OR
        coalesce(excluded.country, s.country) IS DISTINCT FROM s.country OR
        coalesce(excluded.browser, s.browser) IS DISTINCT FROM s.browser OR
        coalesce(excluded.os, s.os) IS DISTINCT FROM s.os OR
        coalesce(excluded.effective_type, s.effective_type) IS DISTINCT FROM
        s.effective_type, app = coalesce(excluded.app, s.app), release =
        coalesce(excluded.release, s.release), page = coalesce(excluded.page, s.page),
        country = coalesce(excluded.country, s.country), browser =
        coalesce(excluded.browser, s.browser), os = coalesce(excluded.os, s.os),
        effective_type = coalesce(excluded.effective_type, s.effective_type)
  RETURNING first_seen, first_seen_before, changed
), marked AS (
  INSERT INTO dirty_minutes (source, minute)
  SELECT DISTINCT 'reports', date_trunc('minute', period_end, 'UTC') FROM stored
  UNION ALL
  SELECT DISTINCT 'sessions', date_trunc('minute', f, 'UTC')
  FROM upserted CROSS JOIN LATERAL (VALUES (first_seen), (first_seen_before)) AS both_ends (f)
  WHERE changed
)
SELECT count(*) AS stored,
       CASE WHEN count(*) < :batch_size THEN
         json_agg(json_build_array(session_id, report_id, period_end)) END AS keys_stored
FROM stored
"""
)
