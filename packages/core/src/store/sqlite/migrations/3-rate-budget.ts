/** What is left of the Hub's rate limits. */
export const rateBudget = `
CREATE TABLE rate_budget (
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  bucket TEXT NOT NULL,
  remaining REAL NOT NULL,
  reset_at TEXT NOT NULL,
  quota REAL,
  window_seconds REAL,
  PRIMARY KEY (endpoint, account, bucket)
) STRICT, WITHOUT ROWID;
`
