/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/radius/seen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/siphash.h"

#define BUCKETS 16384
#define WAYS    4

struct seen {
	uint64_t key; /* 0: free */
	int64_t at_us;
};
struct radius_seen {
	uint64_t secret[2];
	struct seen v[BUCKETS][WAYS];
};

struct radius_seen *radius_seen_new(void)
{
	struct radius_seen *s = calloc(1, sizeof(*s));

	if (s != NULL && getrandom(s->secret, sizeof(s->secret), 0) !=
			     (ssize_t)sizeof(s->secret)) {
		free(s);
		return NULL;
	}
	return s;
}

void radius_seen_free(struct radius_seen *s)
{
	free(s);
}

uint64_t radius_seen_key(const struct radius_seen *s, const struct addr *from,
    uint16_t port, const struct radius_packet *p)
{
	uint64_t m[5], key;

	memcpy(&m[0], from->b, 16);
	memcpy(&m[2], p->auth, 16);
	m[4] = (uint64_t)port << 16 | (uint64_t)p->code << 8 | p->id;
	key = siphash(s->secret, m, 5);
	return key != 0 ? key : 1;
}

bool radius_seen_has(const struct radius_seen *s, uint64_t key, int64_t now_us)
{
	const struct seen *v = s->v[key % BUCKETS];

	for (int i = 0; i < WAYS; i++)
		if (v[i].key == key && now_us - v[i].at_us < RADIUS_SEEN_US)
			return true;
	return false;
}

void radius_seen_add(struct radius_seen *s, uint64_t key, int64_t now_us)
{
	struct seen *v = s->v[key % BUCKETS], *to = &v[0];

	for (int i = 0; i < WAYS; i++) {
		if (v[i].key == key) {
			to = &v[i];
			break;
		}
		if (v[i].at_us < to->at_us)
			to = &v[i];
	}
	*to = (struct seen){key, now_us};
}
