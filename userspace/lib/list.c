// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

struct list {
	char *items;
	size_t size;		/* of an item */
	size_t n;
	size_t room;		/* items that there is memory for */
	int (*parse)(struct nlmsghdr *nlh, void *item);
	int err;
};

static int grow(struct list *list)
{
	size_t room = list->room ? 2 * list->room : 16;
	char *items = reallocarray(list->items, room, list->size);

	if (!items)
		return -ENOMEM;
	list->items = items;
	list->room = room;
	return 0;
}

static void add(struct nlmsghdr *nlh, void *arg)
{
	struct list *list = arg;
	char *item;

	if (!list->err && list->n == list->room)
		list->err = grow(list);
	if (list->err)
		return;
	item = list->items + list->n * list->size;
	memset(item, 0, list->size);
	list->err = list->parse(nlh, item);
	if (!list->err)
		list->n++;
}

static void clear(void *arg)
{
	struct list *list = arg;

	list->n = 0;
	list->err = 0;
}

void *list_dump(struct nemo_nl *nl, struct nl_msg *msg, size_t size,
		int (*parse)(struct nlmsghdr *nlh, void *item), size_t *n,
		int *err)
{
	struct list list = { .size = size, .parse = parse };

	*err = nemo_nl_dump(nl, msg, add, clear, &list);
	if (!*err && list.err) {
		*err = list.err;
		snprintf(nl->error, sizeof(nl->error), "%s", strerror(-*err));
	}
	*n = *err ? 0 : list.n;
	if (*n)
		return list.items;
	free(list.items);
	return NULL;
}
