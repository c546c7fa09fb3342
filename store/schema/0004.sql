-- SPDX-License-Identifier: Apache-2.0
-- Version 4: rows of the kind login, and how far the logs that they come from
-- were read.
ALTER TABLE observation_00000000
	ADD COLUMN account_hash BLOB;
ALTER TABLE observation_00000000
	ADD COLUMN login TEXT NOT NULL DEFAULT 'none';
ALTER TABLE observation_00000000
	ADD COLUMN messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation_00000000
	ADD COLUMN own_line INTEGER NOT NULL DEFAULT 0;

CREATE TABLE login_position (
	path TEXT PRIMARY KEY,
	device INTEGER NOT NULL,
	inode INTEGER NOT NULL,
	offset INTEGER NOT NULL,
	head_bytes INTEGER NOT NULL,
	head BLOB
) STRICT, WITHOUT ROWID;
