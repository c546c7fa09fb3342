-- SPDX-License-Identifier: Apache-2.0
-- Version 15: a message's recipients as one keyed hash, so that a retry of a
-- deferred message is told from another message to the same domains; what was
-- new about a customer's mail, where that raised a weight.
ALTER TABLE observation_00000000
	ADD COLUMN rcpt_hash BLOB;
ALTER TABLE observation_00000000
	ADD COLUMN novelty TEXT;
