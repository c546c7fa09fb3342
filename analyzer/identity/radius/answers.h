/* SPDX-License-Identifier: Apache-2.0 */
/* Accounting-Responses that wait until what they acknowledge is committed;
 * then they go out in one system call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define RADIUS_ANSWERS_MAX 256
/* Together; one has up to RADIUS_PACKET_MAX. */
#define RADIUS_ANSWERS_BYTES 65536

struct radius_answer {
	struct sockaddr_storage to;
	uint64_t key; /* of seen.h; 0: none */
	int client;
	uint16_t len;
	uint32_t at; /* in bytes */
};
struct radius_answers {
	struct radius_answer v[RADIUS_ANSWERS_MAX];
	uint8_t bytes[RADIUS_ANSWERS_BYTES];
	size_t n, used;
};

/* Room for one more of any size. */
bool radius_answers_has_room(const struct radius_answers *a);
/* Where the next one is to be written; radius_answers_add() takes it up. */
uint8_t *radius_answers_next(struct radius_answers *a);
void radius_answers_add(struct radius_answers *a, const struct sockaddr *to,
    size_t len, uint64_t key, int client);
/* The first so many went to the kernel; the rest may not have gone: whoever
 * asked asks again. */
size_t radius_answers_send(const struct radius_answers *a, int fd);
void radius_answers_clear(struct radius_answers *a);
