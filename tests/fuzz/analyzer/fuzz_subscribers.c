/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/identity/static.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/sekisho-fuzz-XXXXXX", err[512] = "";
	struct lease *l = NULL;
	size_t n = 0;
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	/* an error always says something, and gives nothing */
	if (static_load(path, &l, &n, err, sizeof(err)) != 0 &&
	    (l || n || !err[0]))
		abort();
	free(l);
	unlink(path);
	return 0;
}
