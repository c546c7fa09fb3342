/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear together or not at all: a folder is written beside its
 * place under another name, then renamed. What was there before is there
 * until then. One writer at a time; what a killed one left is removed. */
#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

struct folder {
	char dir[PATH_MAX];  /* in which it stands */
	char temp[PATH_MAX]; /* "": none */
	char path[PATH_MAX]; /* where it will be */
	int lock;            /* -1: none */
};

/* DIR/NAME; makes DIR. 0; -1 with err. folder_end() is legal after both. */
int folder_begin(
    struct folder *f, const char *dir, const char *name, char *err, size_t n);
/* What print(arg, file) writes. 0; -1 with err. */
int folder_add(struct folder *f, const char *name,
    void (*print)(const void *arg, FILE *file), const void *arg, char *err,
    size_t n);
/* It is there, and will be after a power cut. 0; -1 with err: as before. */
int folder_commit(struct folder *f, char *err, size_t n);
/* Without a commit before: nothing is left. */
void folder_end(struct folder *f);
