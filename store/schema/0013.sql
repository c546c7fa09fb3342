-- SPDX-License-Identifier: Apache-2.0
-- Version 13: retention. What the engine knew when older rows of the log went;
-- how far a purge has come. Decisions stay append-only but for a purge, which
-- says so in meta for the length of its transaction.
CREATE TABLE checkpoint (
	applied_no INTEGER PRIMARY KEY,
	made_us INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	last_incident INTEGER NOT NULL,
	last_decision INTEGER NOT NULL,
	policy_hash TEXT NOT NULL,
	mode TEXT NOT NULL,
	form INTEGER NOT NULL,
	parts INTEGER NOT NULL,
	digest BLOB NOT NULL
) STRICT;
-- Parts without a checkpoint are of one that was not finished.
CREATE TABLE checkpoint_part (
	applied_no INTEGER NOT NULL,
	n INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (applied_no, n)
) STRICT;
CREATE TABLE purge_count (
	what TEXT PRIMARY KEY,
	rows INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

DROP TRIGGER decision_no_delete;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'purging') BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
DROP TRIGGER decision_target_no_delete;
CREATE TRIGGER decision_target_no_delete BEFORE DELETE ON decision_target
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE key = 'purging') BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
-- What a deleted row is looked for in.
CREATE INDEX decision_incident
	ON decision (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX decision_op ON decision (op_id) WHERE op_id IS NOT NULL;
CREATE INDEX operator_action_time ON operator_action (ts_us);
