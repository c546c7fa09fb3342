/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of a stranger: as many reports come as are counted, and each is clean.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reports/complaint/xarf_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static int take(void *arg, const struct complaint *c)
{
	must(memchr(c->type, '\0', sizeof(c->type)) != NULL);
	must(memchr(c->reporter, '\0', sizeof(c->reporter)) != NULL);
	must(strspn(c->type, "abcdefghijklmnopqrstuvwxyz0123456789-_/") ==
	     strlen(c->type));
	must(strspn(c->reporter, "abcdefghijklmnopqrstuvwxyz0123456789-.") ==
	     strlen(c->reporter));
	must(c->at_us > 0 && c->client_port != 25);
	++*(int *)arg;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char why[COMPLAINT_WHY_LEN] = "";
	int came = 0;
	int n = xarf_read((const char *)data, len, take, &came, why);

	must(n >= -1);
	must(n >= 0 ? n == came : why[0] != '\0');
	return 0;
}
