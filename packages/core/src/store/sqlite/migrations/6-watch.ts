/** Gates that are watched. */
export const watch = `
CREATE TABLE watch (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  id_lower TEXT NOT NULL,
  model_id TEXT NOT NULL,
  added_at TEXT NOT NULL,
  told_state TEXT,
  told_gated TEXT,
  told_at TEXT,
  UNIQUE (endpoint, account, id_lower)
) STRICT;
`
