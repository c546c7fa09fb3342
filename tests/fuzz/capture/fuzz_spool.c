/* SPDX-License-Identifier: Apache-2.0 */
/* A file in the spool that anybody wrote: what comes out of it are records,
 * in order, and our own behind them. First byte: where a second file begins,
 * in 256ths. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/spool/spool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char dir[64];

static void clean_up(void)
{
	rmdir(dir);
}

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/sekisho-fuzz-spool-XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
	atexit(clean_up);
	log_set_level(LOG_LEVEL_ERROR);
}

static void name_of(int n, char path[100])
{
	snprintf(path, 100, "%s/%016x.spool", dir, n);
}

static void write_file(int n, const uint8_t *data, size_t len)
{
	char path[100];
	int fd;

	name_of(n, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	close(fd);
}

static void drain(struct spool *s, uint64_t own_boot)
{
	struct spool_record r;
	Sekisho__Record *record;
	uint64_t own = 0;

	while (spool_peek(s, &r)) {
		record = sekisho__record__unpack(NULL, r.len, r.data);
		if (record == NULL || record->seq != r.seq || r.seq == 0)
			abort();
		sekisho__record__free_unpacked(record, NULL);
		if (r.boot == own_boot && strcmp(r.agent, "own") == 0)
			own++;
		spool_take(s);
	}
	if (own < 1 || spool_is_waiting(s))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	struct spool_setup setup = {.dir = dir,
	    .agent = "own",
	    .boot = UINT64_C(0x0123456789abcdef),
	    .limit_bytes = UINT64_C(1) << 30};
	struct spool *s;
	char path[100];
	size_t first;

	if (len == 0)
		return 0;
	if (dir[0] == '\0')
		make_dir();
	first = (len - 1) * data[0] / 256;
	write_file(1, data + 1, first);
	write_file(2, data + 1 + first, len - 1 - first);
	setup.priv = priv_new_direct("/nowhere", dir);
	s = setup.priv != NULL ? spool_new(&setup) : NULL;
	if (s == NULL)
		abort();
	r.seq = 1;
	if (spool_put(s, &r) != 0)
		abort();
	drain(s, setup.boot);
	spool_forget(s, UINT64_MAX);
	spool_free(s);
	priv_free(setup.priv);
	for (int i = 0; i < 8; i++) {
		name_of(i, path);
		unlink(path);
	}
	return 0;
}
