-- SPDX-License-Identifier: Apache-2.0
-- Version 16: what each driver held beside what was decided, over time.

-- One row for the lists that said the same, an hour's at the most, or for all
-- lists of a minute in which the numbers changed. wanted, held, missing and
-- extra are those of the last of its lists, worst is the most that missing and
-- extra came to in any. after_hole: between the row before and this one nobody
-- knew.
CREATE TABLE enforcer_sample (
	id INTEGER PRIMARY KEY,
	driver TEXT NOT NULL,
	first_us INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	lists INTEGER NOT NULL,
	wanted INTEGER NOT NULL,
	held INTEGER NOT NULL,
	missing INTEGER NOT NULL,
	extra INTEGER NOT NULL,
	worst INTEGER NOT NULL,
	after_hole INTEGER NOT NULL
) STRICT;
CREATE INDEX enforcer_sample_time ON enforcer_sample (driver, first_us);
