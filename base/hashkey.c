/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hashkey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int hashkey_read(const char *path, uint8_t key[static HASHKEY_MAX_BYTES],
    char *err, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, got = 0;

	if (fd < 0) {
		snprintf(err, size,
		    "hash_key_file %s: %s; make it with: head -c 32 "
		    "/dev/urandom >%s",
		    path, strerror(errno), path);
		return -1;
	}
	do {
		n = read(fd, key + got, (size_t)(HASHKEY_MAX_BYTES - got));
		if (n > 0)
			got += n;
	} while (n > 0 && got < HASHKEY_MAX_BYTES);
	if (n < 0)
		snprintf(
		    err, size, "hash_key_file %s: %s", path, strerror(errno));
	else if (got < HASHKEY_MIN_BYTES)
		snprintf(err, size,
		    "hash_key_file %s: %zd bytes; it needs at least %d random "
		    "ones",
		    path, got, HASHKEY_MIN_BYTES);
	close(fd);
	if (n < 0 || got < HASHKEY_MIN_BYTES) {
		explicit_bzero(key, HASHKEY_MAX_BYTES);
		return -1;
	}
	return (int)got;
}
