/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/identity/static.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct static_faults faults;
	char path[] = "/tmp/sekisho-fuzz-XXXXXX";
	struct subscribers s;
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	/* an error always says something, and gives nothing */
	if (static_load(path, &s, &faults) != 0 &&
	    (s.leases || s.n_leases || s.customers || !faults.text[0][0]))
		abort();
	subscribers_free(&s);
	unlink(path);
	return 0;
}
