// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/nemo_ha.h>
#include <linux/nemo_mr.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* What to do next; @family NULL: rtnetlink. */
struct hint {
	const char *family;
	int err;
	const char *text;
};

static const struct hint hints[] = {
	{ NEMO_MR_FAMILY_NAME, EPERM, "this needs CAP_NET_ADMIN: run it as root" },
	{ NEMO_HA_FAMILY_NAME, EPERM, "this needs CAP_NET_ADMIN: run it as root" },
	{ NULL, EPERM, "this needs CAP_NET_ADMIN: run it as root" },
	{ NEMO_MR_FAMILY_NAME, ENOENT, "`nemoctl mr show` lists the mobile routers" },
	{ NEMO_HA_FAMILY_NAME, ENOENT, "`nemoctl ha show` lists the bindings" },
	{ NEMO_MR_FAMILY_NAME, EEXIST, "`nemoctl mr show` lists what is taken" },
	{ NEMO_HA_FAMILY_NAME, EEXIST, "`nemoctl ha show` lists what is taken" },
	{ NEMO_MR_FAMILY_NAME, ENODEV, "`nemoctl link show` lists the devices" },
	{ NEMO_HA_FAMILY_NAME, ENODEV, "`nemoctl link show` lists the devices" },
	{ NEMO_MR_FAMILY_NAME, EBUSY, "`nemoctl mr show` tells the state it is in" },
	{ NEMO_HA_FAMILY_NAME, ESTALE,
	  "`nemoctl ha show` tells the sequence number of the binding" },
	{ NULL, ENODEV, "`nemoctl link show` lists the devices" },
	{ NULL, EEXIST, "`ip link show` lists the devices of all kinds" },
	{ NULL, EOPNOTSUPP,
	  "load the module: `modprobe nemo_mr` or `modprobe nemo_ha`" },
	{ }
};

static const char *find_hint(const char *family, int err)
{
	for (const struct hint *h = hints; h->text; h++) {
		if (h->err != err || !h->family != !family)
			continue;
		if (!family || !strcmp(family, h->family))
			return h->text;
	}
	return NULL;
}

void die(const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("nemoctl: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(EXIT_REFUSED);
}

void die_kernel(const struct nemo_nl *nl, int err)
{
	const char *hint = find_hint(nl->name, -err);

	if (hint)
		die("%s; %s", nl->error, hint);
	die("%s", nl->error);
}
