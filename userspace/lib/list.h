/* SPDX-License-Identifier: GPL-2.0 */
/* A dump as an array. */
#ifndef NEMO_LIST_H
#define NEMO_LIST_H

#include "nl.h"

/**
 * list_dump - run a dump
 * @size: octets of an element
 * @parse: fills in an element of zeros from a message; 0 or -errno
 * @n: number of elements
 * @err: 0 or -errno, with @nl->error set
 *
 * Return: the array, to be freed by the caller; NULL if it is empty or on
 * failure.
 */
void *list_dump(struct nemo_nl *nl, struct nl_msg *msg, size_t size,
		int (*parse)(struct nlmsghdr *nlh, void *item), size_t *n,
		int *err);

#endif /* NEMO_LIST_H */
