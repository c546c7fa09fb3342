/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"

#define MIB (1 << 20)

void progress_begin(
    struct progress *p, FILE *f, pid_t pid, char *const *files, int n)
{
	*p = (struct progress){.f = f, .pid = pid, .start_us = clock_now_us()};
	for (int i = 0; i < n; i++) {
		struct stat st;

		if (stat(files[i], &st) == 0 && S_ISREG(st.st_mode))
			p->total_bytes += st.st_size;
	}
}

/* Bytes that the process has read so far; -1: it is gone. */
static int64_t read_bytes(pid_t pid)
{
	char path[64], line[64];
	int64_t n = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/io", (long)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fgets(line, sizeof(line), f) && strncmp(line, "rchar: ", 7) == 0)
		n = strtoll(line + 7, NULL, 10);
	fclose(f);
	return n;
}

void progress_show(const struct progress *p)
{
	int64_t done = read_bytes(p->pid);
	int64_t s = (clock_now_us() - p->start_us) / US_PER_S;

	if (done < 0 || done > p->total_bytes)
		done = p->total_bytes;
	fprintf(p->f,
	    "\rreplay: %" PRId64 " %% of %" PRId64 " MiB, %" PRId64 " s ",
	    p->total_bytes > 0 ? 100 * done / p->total_bytes : 100,
	    p->total_bytes / MIB, s);
	fflush(p->f);
}

void progress_end(const struct progress *p)
{
	fputs("\r\033[K", p->f);
	fflush(p->f);
}
