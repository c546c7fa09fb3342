/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/find.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/letter/builtin.h"

static const char suffix[] = ".txt";

static struct letter_template *parse(const char *name, const char *text,
    size_t len, enum letter_case c, char err[LETTER_ERROR_BYTES])
{
	struct letter_template *t = letter_template_parse(name, text, len, err);

	if (t && letter_template_check(t, c, err) != 0) {
		letter_template_free(t);
		return NULL;
	}
	return t;
}

/* 1 read; 0 not there; -1 with err. At most one byte more than a template may
 * have. */
static int read_file(
    const char *path, char *text, size_t *len, char err[LETTER_ERROR_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	*len = 0;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &st) != 0)
		goto fail;
	if (!S_ISREG(st.st_mode)) {
		snprintf(err, LETTER_ERROR_BYTES,
		    "%.300s is no file; a template is one", path);
		close(fd);
		return -1;
	}
	while (
	    (n = read(fd, text + *len, LETTER_TEMPLATE_BYTES + 1 - *len)) > 0)
		*len += (size_t)n;
	if (n < 0)
		goto fail;
	close(fd);
	return 1;
fail:
	snprintf(err, LETTER_ERROR_BYTES,
	    "%.300s cannot be read: %.80s; check letters.dir and permissions",
	    path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* 1, 0 not there, -1. */
static int from_folder(struct letter_template **t, const char *dir,
    const char *name, enum letter_case c, char err[LETTER_ERROR_BYTES])
{
	char path[PATH_MAX], *text;
	size_t len;
	int rc;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		return 0;
	text = malloc(LETTER_TEMPLATE_BYTES + 1);
	if (!text) {
		snprintf(err, LETTER_ERROR_BYTES, "out of memory");
		return -1;
	}
	rc = read_file(path, text, &len, err);
	if (rc == 1 && !(*t = parse(path, text, len, c, err)))
		rc = -1;
	free(text);
	return rc;
}

static int from_builtin(struct letter_template **t, const char *name,
    enum letter_case c, char err[LETTER_ERROR_BYTES])
{
	const struct letter_builtin *b = letter_builtins;

	while (b->name && strcmp(b->name, name) != 0)
		b++;
	if (!b->name)
		return 0;
	*t = parse(name, b->text, strlen(b->text), c, err);
	return *t ? 1 : -1;
}

static int try_lang(struct letter_found *found, const char *dir,
    enum letter_case c, char err[LETTER_ERROR_BYTES])
{
	char name[64];
	int rc = 0;

	if (!letter_lang_ok(found->lang))
		return 0;
	snprintf(name, sizeof(name), "%s.%s%s", letter_case_name(c),
	    found->lang, suffix);
	if (dir)
		rc = from_folder(&found->template, dir, name, c, err);
	return rc != 0 ? rc : from_builtin(&found->template, name, c, err);
}

int letter_find(struct letter_found *found, const char *dir, enum letter_case c,
    const char *wanted, const char *fallback, char err[LETTER_ERROR_BYTES])
{
	int rc;

	memset(found, 0, sizeof(*found));
	snprintf(found->lang, sizeof(found->lang), "%s", wanted);
	rc = try_lang(found, dir, c, err);
	if (rc == 0) {
		found->lang[strcspn(found->lang, "-")] = '\0';
		for (char *l = found->lang; *l != '\0'; l++)
			*l = (char)tolower((unsigned char)*l);
		rc = try_lang(found, dir, c, err);
	}
	if (rc == 0) {
		snprintf(found->lang, sizeof(found->lang), "%s", fallback);
		rc = try_lang(found, dir, c, err);
	}
	if (rc == 0)
		snprintf(err, LETTER_ERROR_BYTES,
		    "there is no template %s.%.36s.txt%s%.200s; write it, or "
		    "choose ja or en with --lang",
		    letter_case_name(c), found->lang, dir ? " in " : "",
		    dir ? dir : "");
	return rc == 1 ? 0 : -1;
}

/* --- the folder --------------------------------------------------------- */

static int check_name(const char *dir, const char *name, enum letter_case *c,
    char err[LETTER_ERROR_BYTES])
{
	char word[64], *lang;
	int found;

	snprintf(word, sizeof(word), "%.*s",
	    (int)(strlen(name) - sizeof(suffix) + 1), name);
	lang = strchr(word, '.');
	if (lang)
		*lang++ = '\0';
	found = lang ? letter_case_parse(word) : -1;
	if (found >= 0 && letter_lang_ok(lang)) {
		*c = (enum letter_case)found;
		return 0;
	}
	snprintf(err, LETTER_ERROR_BYTES,
	    "%.200s/%.80s: no letter is looked for under this name; it is "
	    "CASE.LANGUAGE.txt as infected.ja.txt, and the cases are infected, "
	    "spoofed, submission, server, password, blocked, released",
	    dir, name);
	return -1;
}

static bool is_template(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len >= sizeof(suffix) &&
	       strcmp(name + len - sizeof(suffix) + 1, suffix) == 0;
}

int letter_check_folder(const char *dir, char err[LETTER_ERROR_BYTES])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int rc = 0;

	if (!d) {
		snprintf(err, LETTER_ERROR_BYTES,
		    "letters.dir %.300s: %.80s; make it with sekisho letter "
		    "templates DIR, or leave the key out",
		    dir, strerror(errno));
		return -1;
	}
	while (rc == 0 && (e = readdir(d)) != NULL) {
		struct letter_template *t = NULL;
		enum letter_case c;

		if (!is_template(e->d_name))
			continue;
		rc = check_name(dir, e->d_name, &c, err);
		if (rc == 0 && from_folder(&t, dir, e->d_name, c, err) == -1)
			rc = -1;
		letter_template_free(t);
	}
	closedir(d);
	return rc;
}

int letter_write_builtin(const char *dir, char err[LETTER_ERROR_BYTES])
{
	int written = 0;

	for (const struct letter_builtin *b = letter_builtins; b->name; b++) {
		char path[PATH_MAX];
		FILE *f;

		if (snprintf(path, sizeof(path), "%s/%s", dir, b->name) >=
		    (int)sizeof(path))
			continue;
		f = fopen(path, "wxe");
		if (!f && errno == EEXIST)
			continue;
		if (!f || fputs(b->text, f) < 0 || fflush(f) != 0) {
			snprintf(err, LETTER_ERROR_BYTES,
			    "%.300s cannot be written: %.80s", path,
			    strerror(errno));
			if (f) {
				fclose(f);
				(void)unlink(path);
			}
			return -1;
		}
		fclose(f);
		written++;
	}
	return written;
}
