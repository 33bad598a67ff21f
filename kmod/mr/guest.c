// SPDX-License-Identifier: GPL-2.0
/* Guests of an attachment that are known by their MAC addresses. */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "guest.h"

/* A MAC address that speaks for a mobile router. */
struct nemo_guest {
	struct rhash_head node;		/* of an attachment */
	u8 mac[ETH_ALEN];
	struct nemo_mr *mr;
	struct rcu_head rcu;
};

static const struct rhashtable_params nemo_guest_params = {
	.key_len = ETH_ALEN,
	.key_offset = offsetof(struct nemo_guest, mac),
	.head_offset = offsetof(struct nemo_guest, node),
	.automatic_shrinking = true,
};

int nemo_guests_init(struct rhashtable *guests)
{
	return rhashtable_init(guests, &nemo_guest_params);
}

/* Whom a frame from @mac speaks for, or NULL. Context: RCU read lock. */
struct nemo_mr *nemo_guest_lookup(struct rhashtable *guests, const u8 *mac)
{
	struct nemo_guest *guest = rhashtable_lookup(guests, mac, nemo_guest_params);

	return guest ? guest->mr : NULL;
}

static int nemo_guest_add(struct rhashtable *guests, struct nemo_mr *mr, const u8 *mac,
			  struct netlink_ext_ack *extack)
{
	struct nemo_guest *guest = kzalloc(sizeof(*guest), GFP_KERNEL);
	struct nemo_guest *old;

	if (!guest)
		return -ENOMEM;
	ether_addr_copy(guest->mac, mac);
	guest->mr = mr;
	old = rhashtable_lookup_get_insert_fast(guests, &guest->node,
						nemo_guest_params);
	if (!old)
		return 0;
	kfree(guest);
	if (IS_ERR(old))
		return PTR_ERR(old);
	if (old->mr == mr)
		return 0;
	NL_SET_ERR_MSG(extack, "a guest belongs to another mobile router");
	return -EEXIST;
}

static bool nemo_match_has(const struct nemo_mr_match *match, const u8 *mac)
{
	int i;

	for (i = 0; match && i < match->nguests; i++)
		if (ether_addr_equal(match->guest[i], mac))
			return true;
	return false;
}

/* Remove those of @match that @stay, if there is one, does not have. */
void nemo_guests_del(struct rhashtable *guests, struct nemo_mr *mr,
		     const struct nemo_mr_match *match, const struct nemo_mr_match *stay)
{
	struct nemo_guest *guest;
	int i;

	for (i = 0; i < match->nguests; i++) {
		guest = rhashtable_lookup_fast(guests, match->guest[i],
					       nemo_guest_params);
		if (!guest || guest->mr != mr || nemo_match_has(stay, guest->mac))
			continue;
		rhashtable_remove_fast(guests, &guest->node, nemo_guest_params);
		kfree_rcu(guest, rcu);
	}
}

/* All of @match or none; @have, if there is one, are there already. */
int nemo_guests_add(struct rhashtable *guests, struct nemo_mr *mr,
		    const struct nemo_mr_match *match, const struct nemo_mr_match *have,
		    struct netlink_ext_ack *extack)
{
	int i, err;

	for (i = 0; i < match->nguests; i++) {
		err = nemo_guest_add(guests, mr, match->guest[i], extack);
		if (err) {
			nemo_guests_del(guests, mr, match, have);
			return err;
		}
	}
	return 0;
}
