-- What was done, and when, stays when the task goes.
CREATE TABLE history (
  title TEXT NOT NULL,
  done_at INTEGER NOT NULL  -- Unix seconds
) STRICT;
