-- SPDX-License-Identifier: Apache-2.0
-- Version 10: what others complained about, and a digest of each row's inputs.
ALTER TABLE observation_00000000
	ADD COLUMN digest BLOB;

-- No content, no recipient, nobody's name but the reporter's domain.
CREATE TABLE complaint (
	id INTEGER PRIMARY KEY,
	key BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
	received_us INTEGER NOT NULL,
	at_us INTEGER,
	format TEXT NOT NULL,
	type TEXT NOT NULL,
	reporter TEXT,
	client BLOB,
	client_port INTEGER NOT NULL,
	customer TEXT,
	line_class TEXT NOT NULL,
	unmatched TEXT
) STRICT;
CREATE INDEX complaint_at ON complaint (ifnull(at_us, received_us));
CREATE INDEX complaint_customer
	ON complaint (customer) WHERE customer IS NOT NULL;
