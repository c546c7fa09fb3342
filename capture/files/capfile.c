/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/files/capfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/files/unpack.h"
#include "capture/source.h"

static int fail(struct capfile *f, const char *why)
{
	/* What libpcap says of a file with interfaces of several kinds. */
	bool mixed = strstr(why, "different from the") != NULL &&
		     strstr(why, "of the first interface") != NULL;

	snprintf(f->error, sizeof(f->error), "%s%s", why,
	    mixed ? "; libpcap reads only interfaces of one kind: write one "
		    "file per interface"
		  : "");
	return -1;
}

static int open_plain(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* The descriptor, or -1 after fail(). */
static int open_fd(struct capfile *f, const char *path)
{
	int fd = open_plain(path);
	struct stat st;

	if (fd < 0)
		return fail(f, strerror(errno));
	if (fstat(fd, &st) != 0) {
		(void)fail(f, strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		(void)fail(f, "is a directory; give the files in it");
	} else {
		f->regular = S_ISREG(st.st_mode) && strcmp(path, "-") != 0;
		f->size_bytes = f->regular ? (uint64_t)st.st_size : 0;
		return fd;
	}
	close(fd);
	return -1;
}

int capfile_open(struct capfile *f, const char *path)
{
	char err[PCAP_ERRBUF_SIZE] = "out of memory";
	FILE *stream;
	int fd;

	memset(f, 0, sizeof(*f));
	fd = open_fd(f, path);
	if (fd < 0)
		return -1;
	f->unpack = unpack_new(fd);
	if (f->unpack == NULL)
		return fail(f, strerror(errno));
	stream = unpack_stream(f->unpack);
	if (stream != NULL) {
		f->pcap = pcap_fopen_offline(stream, err);
		if (f->pcap == NULL)
			fclose(stream);
	}
	if (f->pcap == NULL) {
		const char *why = unpack_error(f->unpack);

		(void)fail(f, why != NULL ? why : err);
		capfile_close(f);
		return -1;
	}
	f->linktype = pcap_datalink(f->pcap);
	return 0;
}

int capfile_next(struct capfile *f)
{
	int rc = pcap_next_ex(f->pcap, &f->head, &f->data);
	const char *why;

	if (rc == 1) {
		f->packets++;
		f->ts_us = source_packet_time(f->head);
		return 1;
	}
	f->head = NULL;
	why = unpack_error(f->unpack);
	if (why != NULL)
		return fail(f, why);
	return rc == PCAP_ERROR ? fail(f, pcap_geterr(f->pcap)) : 0;
}

uint64_t capfile_position(const struct capfile *f)
{
	return f->unpack != NULL ? unpack_position(f->unpack) : 0;
}

void capfile_close(struct capfile *f)
{
	if (f->pcap != NULL)
		pcap_close(f->pcap); /* and the stream */
	unpack_free(f->unpack);
	f->pcap = NULL;
	f->unpack = NULL;
	f->head = NULL;
}
