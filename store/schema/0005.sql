-- SPDX-License-Identifier: Apache-2.0
-- Version 5: lines about leases that the desk hands in, and what must not be
-- forgotten of sessions that have ended.
CREATE TABLE lease_request (
	id INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	actor TEXT,
	line TEXT NOT NULL,
	answer TEXT
) STRICT;
CREATE INDEX lease_request_waiting ON lease_request (id) WHERE answer IS NULL;
CREATE INDEX lease_request_time ON lease_request (ts_us);

-- A session that ended when no lease of it tells so; session '': the NAS
-- began anew then.
CREATE TABLE lease_grave (
	source TEXT NOT NULL,
	nas TEXT NOT NULL,
	session TEXT NOT NULL,
	since_us INTEGER NOT NULL,
	ended_us INTEGER NOT NULL,
	PRIMARY KEY (source, nas, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_grave_ended ON lease_grave (ended_us);
