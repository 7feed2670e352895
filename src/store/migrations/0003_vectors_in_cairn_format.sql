-- vec_content is made and changed by code (schema.cpp), which now gives it the storage of cairn() instead of
-- sqlite-vec's. This script is there so that a file says so: an older Cairn refuses it by its version.
SELECT 1;
