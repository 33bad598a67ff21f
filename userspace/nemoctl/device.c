// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/nemo_mr.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "error.h"

void family_open(struct nemo_nl *nl, const char *family)
{
	int err = nemo_nl_open(nl, family);

	if (err == -ENOENT)
		die("%s; load it: `modprobe %s`", nl->error, family);
	if (err)
		die_kernel(nl, err);
}

uint32_t device_index(struct nemo_nl *nl, const char *ifname)
{
	struct nemo_nl rt;
	uint32_t ifindex;
	const char *kind;
	int err;

	err = nemo_nl_open(&rt, NULL);
	if (err)
		die_kernel(&rt, err);
	kind = nemo_link_kind(&rt, ifname, &ifindex);
	nemo_nl_close(&rt);
	if (!ifindex)
		die("there is no device %s; `nemoctl link show` lists the devices",
		    ifname);
	if (!kind || strcmp(kind, nl->name))
		die("%s is not a device of kind %s; `nemoctl link show` lists the devices",
		    ifname, nl->name);
	return ifindex;
}

static uint32_t only_device(struct nemo_nl *nl)
{
	bool mr = !strcmp(nl->name, NEMO_MR_FAMILY_NAME);
	struct nemo_link_info *list;
	uint32_t ifindex;
	size_t n;
	int err;

	err = nemo_link_dump(nl, 0, &list, &n);
	if (err)
		die_kernel(nl, err);
	if (!n)
		die("there is no device of kind %s; make one: `nemoctl link add %s`",
		    nl->name, mr ? "nemo0 type mr" : "nemo-ha0 type ha");
	if (n > 1)
		die("there are %zu devices of kind %s (%s, %s%s); say which one: `dev %s`",
		    n, nl->name, list[0].ifname, list[1].ifname,
		    n > 2 ? ", ..." : "", list[0].ifname);
	ifindex = list[0].ifindex;
	free(list);
	return ifindex;
}

uint32_t device_resolve(struct nemo_nl *nl, const char *ifname)
{
	return *ifname ? device_index(nl, ifname) : only_device(nl);
}

const char *device_name(uint32_t ifindex, char *name)
{
	if (!if_indextoname(ifindex, name))
		snprintf(name, IFNAMSIZ, "if%u", ifindex);
	return name;
}
