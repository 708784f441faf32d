/** What the Hub said before. The text of a model stands apart from what it is found by, so that a search reads little. */
export const live = `
CREATE TABLE live_answer (
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  url TEXT NOT NULL,
  etag TEXT NOT NULL,
  as_of TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  body TEXT NOT NULL,
  link TEXT,
  PRIMARY KEY (endpoint, account, url)
) STRICT;
CREATE TABLE live_model (
  key INTEGER PRIMARY KEY,
  endpoint TEXT NOT NULL,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  id_lower TEXT NOT NULL,
  form TEXT NOT NULL,
  names TEXT NOT NULL,
  as_of TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  downloads REAL,
  likes REAL,
  params REAL,
  created_at TEXT,
  last_modified TEXT,
  UNIQUE (endpoint, account, id_lower, form)
) STRICT;
CREATE TABLE live_model_json (
  key INTEGER PRIMARY KEY REFERENCES live_model (key) ON DELETE CASCADE,
  json TEXT NOT NULL
) STRICT;
`
