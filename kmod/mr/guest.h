/* SPDX-License-Identifier: GPL-2.0 */
/* Which mobile router a MAC address speaks for; all but the lookup under RTNL. */
#ifndef NEMO_MR_GUEST_H
#define NEMO_MR_GUEST_H

#include <linux/rhashtable.h>

#include "router.h"

int nemo_guests_init(struct rhashtable *guests);
struct nemo_mr *nemo_guest_lookup(struct rhashtable *guests, const u8 *mac);
void nemo_guests_del(struct rhashtable *guests, struct nemo_mr *mr,
		     const struct nemo_mr_match *match, const struct nemo_mr_match *stay);
int nemo_guests_add(struct rhashtable *guests, struct nemo_mr *mr,
		    const struct nemo_mr_match *match, const struct nemo_mr_match *have,
		    struct netlink_ext_ack *extack);

#endif
