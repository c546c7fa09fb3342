-- SPDX-License-Identifier: Apache-2.0
-- Version 8: where a driver differs from what was decided, how each driver
-- fares, and what the desk asks of sekisho-hooks.
CREATE TABLE difference (
	id INTEGER PRIMARY KEY,
	driver TEXT NOT NULL,
	kind TEXT NOT NULL,
	customer TEXT,
	decision_seq INTEGER,
	held_seq INTEGER,
	wanted TEXT,
	held TEXT,
	reason TEXT,
	found_us INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	ended_us INTEGER
) STRICT;
CREATE INDEX difference_there ON difference (driver) WHERE ended_us IS NULL;
CREATE INDEX difference_ended ON difference (ended_us)
	WHERE ended_us IS NOT NULL;

CREATE TABLE enforcer (
	driver TEXT PRIMARY KEY,
	state TEXT NOT NULL,
	since_us INTEGER NOT NULL,
	listed_us INTEGER,
	wanted INTEGER NOT NULL,
	held INTEGER NOT NULL,
	differences INTEGER NOT NULL,
	error TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE hook_request (
	id INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	actor TEXT,
	verb TEXT NOT NULL,
	driver TEXT,
	delivery_id INTEGER,
	reason TEXT,
	done_us INTEGER,
	result TEXT
) STRICT;
CREATE INDEX hook_request_waiting ON hook_request (id) WHERE done_us IS NULL;
CREATE INDEX hook_request_verb ON hook_request (verb);
