/* SPDX-License-Identifier: GPL-2.0 */
/* Which entry an inner address belongs to: longest prefix match. */
#ifndef NEMO_CORE_PREFIX_H
#define NEMO_CORE_PREFIX_H

#include <linux/hash.h>
#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>

#define NEMO_PLEN_MAX	128

/*
 * A hash of an address: two multiplications, where jhash() of a key takes tens
 * of instructions, several times a packet. Only configured addresses are in the
 * tables, so that nobody else can make a chain long. A multiplication carries
 * nothing down, hence the shifts: small numbers in network byte order are high
 * bits.
 */
static inline u32 nemo_addr_hash(const struct in6_addr *addr, u32 seed)
{
	u64 a, b;

	memcpy(&a, &addr->s6_addr32[0], sizeof(a));
	memcpy(&b, &addr->s6_addr32[2], sizeof(b));
	a ^= a >> 32;
	b ^= b >> 32;
	return hash_64_generic((a ^ seed) * GOLDEN_RATIO_64 + b, 32);
}

struct nemo_prefix_key {
	struct in6_addr addr;	/* bits behind the prefix are zero */
	u16 family;		/* AF_INET6 */
	u16 plen;		/* bits, 1 to 128 */
};

struct nemo_prefix {
	struct rhash_head node;		/* nemo_prefix_table.ht */
	struct nemo_prefix_key key;
	void *owner;			/* the mobile router or binding; RCU */
	union {
		struct hlist_node list;	/* of the owner; writers' lock */
		struct rcu_head rcu;
	};
};

/* Readers hold the RCU read lock; writers hold the lock of the tunnel. */
struct nemo_prefix_table {
	struct rhashtable ht;
	DECLARE_BITMAP(lens, NEMO_PLEN_MAX + 1);	/* lengths in use */
	u32 users[NEMO_PLEN_MAX + 1];			/* prefixes of each */
};

int nemo_prefix_table_init(struct nemo_prefix_table *table);
void nemo_prefix_table_destroy(struct nemo_prefix_table *table);
void *nemo_prefix_lookup(struct nemo_prefix_table *table,
			 const struct in6_addr *addr);
int nemo_prefix_key_set(struct nemo_prefix_key *key,
			const struct in6_addr *addr, u16 plen,
			struct netlink_ext_ack *extack);
int nemo_prefix_alloc(struct hlist_head *fresh,
		      const struct nemo_prefix_key *keys, unsigned int n);
void nemo_prefix_free(struct hlist_head *fresh);
int nemo_prefix_check(struct nemo_prefix_table *table, const void *owner,
		      const struct hlist_head *fresh, struct netlink_ext_ack *extack);
int nemo_prefix_replace(struct nemo_prefix_table *table, void *owner,
			struct hlist_head *cur, struct hlist_head *fresh,
			struct netlink_ext_ack *extack);
void nemo_prefix_remove_all(struct nemo_prefix_table *table,
			    struct hlist_head *cur);

#endif
