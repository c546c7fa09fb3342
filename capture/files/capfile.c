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

#define PCAP_MAGIC      0xa1b2c3d4
#define PCAP_MAGIC_NANO 0xa1b23c4d

/* What to do about what libpcap says. */
static const char *remedy(const char *why)
{
	if (strstr(why, "different from the") != NULL &&
	    strstr(why, "of the first interface") != NULL)
		return "; libpcap reads only interfaces of one kind: write one "
		       "file per interface";
	if (strstr(why, "unknown file format") != NULL)
		return ": neither pcap nor pcapng, plain, gzip or zstd";
	return "";
}

static int fail(struct capfile *f, const char *why)
{
	snprintf(f->error, sizeof(f->error), "%s%s", why, remedy(why));
	return -1;
}

/* The header of a file that cat(1) put behind another one, taken for that of
 * a packet: one without any bytes. */
static bool is_file_header(const struct pcap_pkthdr *h)
{
	uint32_t s = (uint32_t)h->ts.tv_sec;

	return h->caplen == 0 && h->len == 0 &&
	       (s == PCAP_MAGIC || s == PCAP_MAGIC_NANO);
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
		f->dev = st.st_dev;
		f->ino = st.st_ino;
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

		if (why == NULL)
			why = capfile_position(f) == 0 ? "is empty" : err;
		(void)fail(f, why);
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

	if (rc == 1 && is_file_header(f->head)) {
		f->head = NULL;
		return fail(f, "another capture begins here; give captures "
			       "singly, do not put them together with cat");
	}
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
