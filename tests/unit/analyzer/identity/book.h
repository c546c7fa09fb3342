/* SPDX-License-Identifier: Apache-2.0 */
/* A book of leases over a new store. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "analyzer/identity/lease_book.h"
#include "base/clock.h"

static char path[64];
static struct conf conf;
static struct db *db;
static struct directory *directory;
static struct lease_book *book;
static struct lease_book_owner owner; /* nobody, unless a test says so */

static void open_book(int64_t now_us)
{
	directory = directory_new();
	book = lease_book_new(db, directory, &conf, owner, now_us);
	assert_non_null(book);
}

static void close_book(void)
{
	lease_book_free(book);
	directory_free(directory);
}

static int setup(void **state)
{
	char err[DB_ERROR_BYTES];

	(void)state;
	strcpy(path, "/tmp/sekisho-book-XXXXXX");
	close(mkstemp(path));
	db = db_open(path, DB_CREATE, err);
	assert_non_null(db);
	open_book(0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close_book();
	db_close(db);
	unlink(path);
	return 0;
}
