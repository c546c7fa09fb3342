-- SPDX-License-Identifier: Apache-2.0
-- Version 2: rows of the kind summary, failed attempts told in one.
ALTER TABLE observation_00000000
	ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation_00000000
	ADD COLUMN servers INTEGER NOT NULL DEFAULT 0;
