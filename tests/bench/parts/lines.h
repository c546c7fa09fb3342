/* SPDX-License-Identifier: Apache-2.0 */
/* The least that reading SMTP takes: bytes in order, cut into lines, a few
 * verbs and reply codes counted. No error handling, no bounds on trust. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lines_segment {
	struct lines_segment *next;
	uint32_t seq, len;
	uint8_t data[];
};
struct lines_stream {
	uint32_t next_seq;
	uint16_t fill, cap;
	bool synced;
	char *line; /* of one that is not complete yet */
	struct lines_segment *early;
};
enum lines_state {
	LINES_COMMAND,
	LINES_DATA, /* asked for */
	LINES_MESSAGE,
	LINES_STARTTLS, /* asked for */
	LINES_OPAQUE
};
struct lines_session {
	uint8_t state; /* enum lines_state */
	uint16_t last_code;
	uint16_t commands, recipients, messages, refused, deferred;
	struct lines_stream stream[2]; /* client's, server's */
};

void lines_syn(struct lines_session *s, int side, uint32_t seq);
void lines_payload(struct lines_session *s, int side, uint32_t seq,
    const uint8_t *data, uint32_t len);
void lines_free(struct lines_session *s);
