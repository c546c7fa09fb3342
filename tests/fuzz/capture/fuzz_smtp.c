/* SPDX-License-Identifier: Apache-2.0 */
/* A dialogue as records of one head byte (bit 0: server speaks, bit 1: bytes
 * are lost, bits 2..7: length) and that many bytes. Whole and in pieces of
 * any size it must tell the same, and hold no more than it may. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/privacy.h"

/* More than smtp/session.h states for what a short input can do. */
#define BYTES_MAX (256 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct hash {
	uint64_t h;
	struct privacy *p;
};

static void mix(struct hash *h, const void *p, size_t len)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < len; i++)
		h->h = (h->h ^ b[i]) * 0x100000001b3u;
}

/* What leaves packs and comes back: its strings are UTF-8, its lengths
 * right. */
static void on_record(void *arg, Sekisho__Record *r)
{
	size_t len = sekisho__record__get_packed_size(r);
	uint8_t *buf = malloc(len + 1);
	Sekisho__Record *back;

	if (buf == NULL || sekisho__record__pack(r, buf) != len)
		abort();
	back = sekisho__record__unpack(NULL, len, buf);
	if (back == NULL)
		abort();
	mix(arg, buf, len);
	sekisho__record__free_unpacked(back, NULL);
	free(buf);
}

static void on_transaction(
    void *arg, const struct smtp_transaction *t, int64_t now_us)
{
	struct hash *h = arg;
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	(void)now_us;
	privacy_transaction(h->p, t, &r, on_record, h);
}

static uint64_t on_rcpt(void *arg, const char *local, const char *domain)
{
	const struct hash *h = arg;

	return privacy_rcpt(h->p, local, domain);
}

static uint64_t play(const uint8_t *data, size_t len, size_t piece)
{
	struct addr client = {{[10] = 0xff, 0xff, 192, 0, 2, 7}};
	struct hash h = {0xcbf29ce484222325u, NULL};
	struct smtp_summary sum;
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	Sekisho__Close c = SEKISHO__CLOSE__INIT;
	struct smtp_session *s;

	h.p = privacy_new(PRIVACY_DOMAINS, "sixteen byte key", 16);
	s = smtp_session_new(&client, 25, 0, on_transaction, &h);
	if (h.p == NULL || s == NULL)
		abort();
	smtp_session_hash_rcpts(s, on_rcpt);
	for (size_t i = 0; i < len;) {
		enum smtp_dir dir = data[i] & 1 ? SMTP_SERVER : SMTP_CLIENT;
		size_t n = data[i] >> 2;

		if (data[i++] & 2) {
			smtp_session_gap(s, dir, n, 0);
			continue;
		}
		if (n > len - i)
			n = len - i;
		for (size_t k = 0; k < n; k += piece)
			smtp_session_feed(s, dir, data + i + k,
			    n - k < piece ? n - k : piece, 0);
		i += n;
	}
	if (smtp_session_bytes(s) > BYTES_MAX)
		abort();
	smtp_session_end(s, 0);
	smtp_session_summary(s, &sum);
	privacy_close(h.p, &sum, &c, &r, on_record, &h);
	smtp_session_free(s);
	privacy_free(h.p);
	return h.h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const size_t pieces[] = {1, 2, 3, 5, 7, 11, 29};
	uint64_t whole = play(data, len, 64);

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		if (play(data, len, pieces[i]) != whole)
			abort();
	return 0;
}
