/* SPDX-License-Identifier: Apache-2.0 */
/* main() of a fuzz target without a fuzzer: runs the target once over each
 * file that is named, directories with all below them. */
#include <errno.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static unsigned long inputs;

static int run_file(const char *path, off_t size)
{
	size_t len = (size_t)size, got;
	/* Exactly as large as the input: a read past it is found. */
	uint8_t *data = malloc(len > 0 ? len : 1);
	FILE *f = fopen(path, "rb");

	if (data == NULL || f == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		free(data);
		if (f != NULL)
			fclose(f);
		return -1;
	}
	got = fread(data, 1, len, f);
	fclose(f);
	(void)LLVMFuzzerTestOneInput(data, got);
	free(data);
	inputs++;
	return 0;
}

static int on_entry(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	return type == FTW_F && S_ISREG(st->st_mode)
		   ? run_file(path, st->st_size)
		   : 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], on_entry, 16, FTW_PHYS) != 0) {
			fprintf(stderr, "%s: cannot be replayed\n", argv[i]);
			return 1;
		}
	}
	printf("%lu inputs\n", inputs);
	if (inputs == 0)
		fprintf(stderr, "no input; name files or directories\n");
	return inputs > 0 ? 0 : 1;
}
