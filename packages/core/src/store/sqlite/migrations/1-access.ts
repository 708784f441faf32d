/** Access answers and whose token it is. */
export const access = `
CREATE TABLE access (
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  id_lower TEXT NOT NULL,
  model_id TEXT NOT NULL,
  gated TEXT,
  state TEXT NOT NULL,
  hub_message TEXT,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (endpoint, account, id_lower)
) STRICT;
CREATE INDEX access_by_age ON access (checked_at);
CREATE TABLE whoami (
  endpoint TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  json TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  PRIMARY KEY (endpoint, token_hash)
) STRICT, WITHOUT ROWID;
`
