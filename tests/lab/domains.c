// SPDX-License-Identifier: GPL-2.0
/*
 * domains - as if many domains had been on a Xen host.
 *
 *   domains ID
 *
 * Makes and destroys domains, of no memory and unknown to the toolstack, until one has had an
 * identifier of at least ID.
 */
#include <stdio.h>
#include <stdlib.h>
#include <xenctrl.h>

int main(int argc, char **argv)
{
	struct xen_domctl_createdomain config = {
		.max_vcpus = 1,
		.max_grant_frames = -1,
		.max_maptrack_frames = -1,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
	};
	xc_interface *xc;
	uint32_t id, until;

	if (argc != 2) {
		fprintf(stderr, "usage: domains ID\n");
		return 2;
	}
	until = strtoul(argv[1], NULL, 0);
	xc = xc_interface_open(NULL, NULL, 0);
	if (!xc)
		return 1;
	do {
		id = 0;		/* the hypervisor's choice */
		if (xc_domain_create(xc, &id, &config) || xc_domain_destroy(xc, id)) {
			perror("domains");
			return 1;
		}
	} while (id < until);
	printf("%u\n", id);
	xc_interface_close(xc);
	return 0;
}
