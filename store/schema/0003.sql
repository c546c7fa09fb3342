-- SPDX-License-Identifier: Apache-2.0
-- Version 3: the look-ups behind a fail of SPF; leases of a part of an
-- address's ports, and of sessions; what is known of a customer whatever the
-- addresses.
ALTER TABLE observation_00000000
	ADD COLUMN spf_trail TEXT;

ALTER TABLE lease RENAME TO lease_2;
DROP INDEX lease_current;
DROP INDEX lease_customer;
-- Both ports 0: all of them.
CREATE TABLE lease (
	prefix BLOB NOT NULL CHECK (length(prefix) = 16),
	length INTEGER NOT NULL CHECK (length BETWEEN 0 AND 128),
	first_port INTEGER NOT NULL CHECK (first_port <= last_port),
	last_port INTEGER NOT NULL CHECK (last_port BETWEEN 0 AND 65535),
	from_us INTEGER NOT NULL,
	source TEXT NOT NULL,
	until_us INTEGER CHECK (until_us > from_us),
	customer TEXT NOT NULL,
	line_class TEXT NOT NULL,
	nas TEXT,
	session TEXT,
	own_domains TEXT,
	PRIMARY KEY (prefix, length, from_us, first_port, source)
) STRICT, WITHOUT ROWID;
INSERT INTO lease SELECT prefix, length, 0, 0, from_us, source, until_us,
	customer, line_class, NULL, NULL, own_domains FROM lease_2;
DROP TABLE lease_2;
CREATE INDEX lease_current ON lease (source) WHERE until_us IS NULL;
CREATE INDEX lease_ended ON lease (until_us) WHERE until_us IS NOT NULL;
CREATE INDEX lease_customer ON lease (customer);

ALTER TABLE decision_target
	ADD COLUMN first_port INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision_target
	ADD COLUMN last_port INTEGER NOT NULL DEFAULT 0;

CREATE TABLE customer (
	id TEXT PRIMARY KEY,
	line_class TEXT NOT NULL,
	own_domains TEXT,
	contact TEXT,
	language TEXT
) STRICT, WITHOUT ROWID;
