/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/radius/answers.h"

#include <netinet/in.h>
#include <string.h>

#include "base/radius.h"

bool radius_answers_has_room(const struct radius_answers *a)
{
	return a->n < RADIUS_ANSWERS_MAX &&
	       sizeof(a->bytes) - a->used >= RADIUS_PACKET_MAX;
}

uint8_t *radius_answers_next(struct radius_answers *a)
{
	return a->bytes + a->used;
}

static socklen_t length(int family)
{
	return family == AF_INET6 ? sizeof(struct sockaddr_in6)
				  : sizeof(struct sockaddr_in);
}

void radius_answers_add(struct radius_answers *a, const struct sockaddr *to,
    size_t len, uint64_t key, int client)
{
	struct radius_answer *v = &a->v[a->n++];

	memcpy(&v->to, to, length(to->sa_family));
	v->key = key;
	v->client = client;
	v->len = (uint16_t)len;
	v->at = (uint32_t)a->used;
	a->used += len;
}

size_t radius_answers_send(const struct radius_answers *a, int fd)
{
	struct mmsghdr m[RADIUS_ANSWERS_MAX];
	struct iovec iov[RADIUS_ANSWERS_MAX];
	size_t sent = 0;

	for (size_t i = 0; i < a->n; i++) {
		const struct radius_answer *v = &a->v[i];

		iov[i].iov_base = (void *)(a->bytes + v->at);
		iov[i].iov_len = v->len;
		m[i] =
		    (struct mmsghdr){.msg_hdr = {.msg_name = (void *)&v->to,
					 .msg_namelen = length(v->to.ss_family),
					 .msg_iov = &iov[i],
					 .msg_iovlen = 1}};
	}
	while (sent < a->n) {
		int n = sendmmsg(
		    fd, m + sent, (unsigned int)(a->n - sent), MSG_DONTWAIT);

		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	return sent;
}

void radius_answers_clear(struct radius_answers *a)
{
	a->n = a->used = 0;
}
