/* SPDX-License-Identifier: Apache-2.0 */
/* A capture file, perhaps packed: it is read to its end, or it is said why
 * not. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/files/capfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A bomb costs time, which here is not to be had. */
#define PACKETS_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC), rc;
	struct capfile f;
	char path[32];

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = capfile_open(&f, path);
	while (rc == 0 && f.packets < PACKETS_MAX) {
		volatile uint8_t sum = 0;

		rc = capfile_next(&f);
		if (rc != 1)
			break;
		if (f.ts_us < -1 || f.head->caplen > (16u << 20))
			abort();
		for (size_t i = 0; i < f.head->caplen; i++)
			sum = (uint8_t)(sum + f.data[i]);
		rc = 0;
	}
	if (rc < 0 && f.error[0] == '\0')
		abort();
	if (capfile_position(&f) > len)
		abort();
	capfile_close(&f);
	close(fd);
	return 0;
}
