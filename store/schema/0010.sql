-- SPDX-License-Identifier: Apache-2.0
-- Version 10: the mass-event brake; what drivers refused.
CREATE TABLE brake (
	id INTEGER PRIMARY KEY,
	began_us INTEGER NOT NULL,
	ended_us INTEGER,
	reason TEXT NOT NULL,
	held INTEGER NOT NULL,
	lifted INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	ended_by TEXT NOT NULL,
	obs_no INTEGER NOT NULL,
	op_id INTEGER,
	policy_hash TEXT
) STRICT;
CREATE INDEX brake_on ON brake (id) WHERE ended_us IS NULL;
CREATE INDEX brake_began ON brake (began_us);
-- The last brake that held its block.
ALTER TABLE incident ADD COLUMN brake_id INTEGER;

-- What drivers refused of a blocked customer and the log has not yet: the
-- dispatcher adds, the analyzer logs and deletes.
CREATE TABLE refusal (
	driver TEXT NOT NULL,
	customer TEXT NOT NULL,
	first_us INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	packets INTEGER NOT NULL,
	PRIMARY KEY (driver, customer)
) STRICT, WITHOUT ROWID;
