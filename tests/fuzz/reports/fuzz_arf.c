/* SPDX-License-Identifier: Apache-2.0 */
/* A mail: what comes out is clean, and the same again whatever follows the
 * text in memory. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reports/complaint/mail_date.h"
#include "reports/complaint/mime.h"
#include "reports/complaint/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool is_clean(const char *s, size_t size, const char *also)
{
	must(memchr(s, '\0', size) != NULL);
	for (; *s != '\0'; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') &&
		    strchr(also, *s) == NULL)
			return false;
	return true;
}

static int take(void *arg, const struct complaint *c)
{
	must(is_clean(c->type, sizeof(c->type), "-_/"));
	must(is_clean(c->reporter, sizeof(c->reporter), "-."));
	must(c->type[0] != '\0' && c->client_port != 25);
	must(c->at_us >= 0 && c->customer[0] == '\0');
	*(struct complaint *)arg = *c;
	return 0;
}

static int count(void *arg, const struct mime_part *p)
{
	char out[256];

	must(mime_decode(p, out, sizeof(out)) <= sizeof(out));
	must(memchr(p->type, '\0', sizeof(p->type)) != NULL);
	return ++*(int *)arg > MIME_PARTS_MAX ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct complaint a = {0}, b = {0};
	char why[COMPLAINT_WHY_LEN], again[COMPLAINT_WHY_LEN], *copy;
	int parts = 0, n;

	must(mime_walk(text, len, count, &parts) == 0);
	n = complaint_read(text, len, take, &a, why);
	must(n >= -1 && (n >= 0 || why[0] != '\0'));
	copy = malloc(len + 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, text, len);
	copy[len] = 'x';
	must(complaint_read(copy, len, take, &b, again) == n);
	must(strcmp(why, again) == 0 && memcmp(&a, &b, sizeof(a)) == 0);
	free(copy);
	return 0;
}
