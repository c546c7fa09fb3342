-- SPDX-License-Identifier: Apache-2.0
-- Version 14: what the desk adds beside the log: notes on
-- customers, who may ask the HTTP server, and indexes for its pages.

-- About a customer; what is said of an incident is an operator action.
CREATE TABLE customer_note (
	id INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	actor TEXT NOT NULL,
	customer TEXT NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX customer_note_customer ON customer_note (customer);

-- Secrets are kept as SHA-256 only. kind: api, crowdsec.
CREATE TABLE token (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	scopes INTEGER NOT NULL,
	cidr TEXT,
	created_us INTEGER NOT NULL,
	expires_us INTEGER,
	revoked_us INTEGER,
	used_us INTEGER,
	pulled_seq INTEGER
) STRICT, WITHOUT ROWID;
-- Persons who log in to the console; scrypt (RFC 7914).
CREATE TABLE operator (
	name TEXT PRIMARY KEY,
	salt BLOB NOT NULL CHECK (length(salt) = 16),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	scopes INTEGER NOT NULL,
	created_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	operator TEXT NOT NULL,
	csrf TEXT NOT NULL,
	created_us INTEGER NOT NULL,
	expires_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires_us);
CREATE INDEX session_operator ON session (operator);
-- Answers to POST, kept for a day. status 0: still at work.
CREATE TABLE idempotency (
	actor TEXT NOT NULL,
	key TEXT NOT NULL,
	request BLOB NOT NULL,
	status INTEGER NOT NULL,
	body TEXT,
	created_us INTEGER NOT NULL,
	PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency (created_us);

-- How each driver fares, from the index alone.
CREATE INDEX delivery_sum ON delivery (driver, state, created_us, done_us);
