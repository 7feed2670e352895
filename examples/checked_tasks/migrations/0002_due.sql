ALTER TABLE tasks ADD COLUMN due INTEGER;  -- Unix seconds
