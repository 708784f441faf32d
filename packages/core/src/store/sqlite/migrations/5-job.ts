/** The queue. Moments that are reckoned with are milliseconds, those that are shown are text. */
export const job = `
CREATE TABLE job (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL,
  model_id TEXT NOT NULL,
  request TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  added_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  not_before_ms INTEGER NOT NULL DEFAULT 0,
  claimed_by TEXT,
  until_ms INTEGER NOT NULL DEFAULT 0,
  ttl_ms INTEGER NOT NULL DEFAULT 0,
  detail TEXT
) STRICT;
CREATE UNIQUE INDEX job_active_key ON job (key) WHERE state NOT IN ('done', 'failed', 'cancelled');
CREATE INDEX job_to_do ON job (priority DESC, seq) WHERE state NOT IN ('done', 'failed', 'cancelled');
CREATE TABLE job_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  at TEXT NOT NULL,
  detail TEXT
) STRICT;
CREATE INDEX job_event_by_job ON job_event (job_id, id);
`
