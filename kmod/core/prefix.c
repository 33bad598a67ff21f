// SPDX-License-Identifier: GPL-2.0
/*
 * Longest prefix match over an rhashtable: one probe for each length in use,
 * longest first. Mobile networks use one or two lengths (a /64 and the /128 of
 * the home address), so that a tree would have nothing to win.
 */
#include <linux/slab.h>
#include <net/ipv6.h>

#include "prefix.h"

static inline u32 nemo_prefix_hash(const void *data, u32 len, u32 seed)
{
	const struct nemo_prefix_key *key = data;

	return nemo_addr_hash(&key->addr, seed + key->plen);
}

static inline u32 nemo_prefix_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct nemo_prefix *p = data;

	return nemo_prefix_hash(&p->key, len, seed);
}

static inline int nemo_prefix_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nemo_prefix_key *key = arg->key;
	const struct nemo_prefix *p = obj;

	return p->key.plen != key->plen || p->key.family != key->family ||
	       !ipv6_addr_equal(&p->key.addr, &key->addr);
}

static const struct rhashtable_params nemo_prefix_params = {
	.key_len = sizeof(struct nemo_prefix_key),
	.key_offset = offsetof(struct nemo_prefix, key),
	.head_offset = offsetof(struct nemo_prefix, node),
	.hashfn = nemo_prefix_hash,
	.obj_hashfn = nemo_prefix_obj_hash,
	.obj_cmpfn = nemo_prefix_cmp,
	.automatic_shrinking = true,
};

int nemo_prefix_table_init(struct nemo_prefix_table *table)
{
	bitmap_zero(table->lens, NEMO_PLEN_MAX + 1);
	memset(table->users, 0, sizeof(table->users));
	return rhashtable_init(&table->ht, &nemo_prefix_params);
}

/* The owners have removed their prefixes. */
void nemo_prefix_table_destroy(struct nemo_prefix_table *table)
{
	rhashtable_destroy(&table->ht);
}

/**
 * nemo_prefix_lookup() - find the owner of an address
 * @table: prefix table
 * @addr: inner IPv6 address
 *
 * Context: RCU read lock.
 * Return: owner of the longest prefix that @addr is in, or NULL.
 */
void *nemo_prefix_lookup(struct nemo_prefix_table *table,
			 const struct in6_addr *addr)
{
	unsigned long plen = NEMO_PLEN_MAX + 1;
	struct nemo_prefix_key key = { .family = AF_INET6 };
	struct nemo_prefix *p;

	for (;;) {
		unsigned long size = plen;

		plen = find_last_bit(table->lens, size);
		if (plen >= size)
			return NULL;
		ipv6_addr_prefix(&key.addr, addr, plen);
		key.plen = plen;
		p = rhashtable_lookup(&table->ht, &key, nemo_prefix_params);
		if (p)
			return p->owner;
	}
}

/**
 * nemo_prefix_key_set() - make a key and check it
 * @key: result
 * @addr: address part; bits behind the prefix must be zero
 * @plen: length in bits, 1 to 128
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int nemo_prefix_key_set(struct nemo_prefix_key *key,
			const struct in6_addr *addr, u16 plen,
			struct netlink_ext_ack *extack)
{
	int type = ipv6_addr_type(addr);

	if (plen < 1 || plen > NEMO_PLEN_MAX) {
		NL_SET_ERR_MSG(extack, "prefix length must be 1 to 128");
		return -EINVAL;
	}
	if (type & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL |
		    IPV6_ADDR_MAPPED) ||
	    type == IPV6_ADDR_ANY) {
		NL_SET_ERR_MSG(extack, "address is not a routable unicast address");
		return -EINVAL;
	}
	memset(key, 0, sizeof(*key));
	key->family = AF_INET6;
	key->plen = plen;
	ipv6_addr_prefix(&key->addr, addr, plen);
	if (!ipv6_addr_equal(&key->addr, addr)) {
		NL_SET_ERR_MSG(extack, "prefix has bits set behind its length");
		return -EINVAL;
	}
	return 0;
}

/**
 * nemo_prefix_alloc() - allocate prefixes before the lock is taken
 * @fresh: list to put them on
 * @keys: their keys
 * @n: how many
 *
 * Return: 0 or -ENOMEM; @fresh is then empty.
 */
int nemo_prefix_alloc(struct hlist_head *fresh,
		      const struct nemo_prefix_key *keys, unsigned int n)
{
	struct nemo_prefix *p;

	while (n--) {
		p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
		if (!p) {
			nemo_prefix_free(fresh);
			return -ENOMEM;
		}
		p->key = keys[n];
		hlist_add_head(&p->list, fresh);
	}
	return 0;
}

/* Free prefixes that no table has seen. */
void nemo_prefix_free(struct hlist_head *fresh)
{
	struct hlist_node *tmp;
	struct nemo_prefix *p;

	hlist_for_each_entry_safe(p, tmp, fresh, list) {
		hlist_del(&p->list);
		kfree(p);
	}
}

static int nemo_prefix_insert(struct nemo_prefix_table *table,
			      struct nemo_prefix *p)
{
	int err;

	if (!table->users[p->key.plen]++)
		set_bit(p->key.plen, table->lens);
	err = rhashtable_lookup_insert_key(&table->ht, &p->key, &p->node, nemo_prefix_params);
	if (err && !--table->users[p->key.plen])
		clear_bit(p->key.plen, table->lens);
	return err;
}

static void nemo_prefix_remove(struct nemo_prefix_table *table,
			       struct nemo_prefix *p)
{
	hlist_del(&p->list);
	rhashtable_remove_fast(&table->ht, &p->node, nemo_prefix_params);
	if (!--table->users[p->key.plen])
		clear_bit(p->key.plen, table->lens);
	kfree_rcu(p, rcu);
}

/**
 * nemo_prefix_check() - may an owner have these prefixes?
 * @table: prefix table
 * @owner: who asks
 * @fresh: the prefixes
 * @extack: says why not
 *
 * Context: the lock of the tunnel.
 * Return: 0, or -EEXIST when another owner has one.
 */
int nemo_prefix_check(struct nemo_prefix_table *table, const void *owner,
		      const struct hlist_head *fresh, struct netlink_ext_ack *extack)
{
	struct nemo_prefix *p, *q;

	hlist_for_each_entry(p, fresh, list) {
		q = rhashtable_lookup_fast(&table->ht, &p->key, nemo_prefix_params);
		if (q && q->owner != owner) {
			NL_SET_ERR_MSG(extack, "a prefix or home address belongs to another one");
			return -EEXIST;
		}
	}
	return 0;
}

/**
 * nemo_prefix_replace() - give an owner a new set of prefixes
 * @table: prefix table
 * @owner: owner of the prefixes
 * @cur: its prefixes; the new ones afterwards
 * @fresh: what it shall have; empty afterwards if it succeeds
 * @extack: says what is wrong
 *
 * A prefix that stays is never missing for a reader.
 *
 * Context: the lock of the tunnel.
 * Return: 0, -EEXIST when another owner has a prefix, or what the hash table
 * says; then nothing has changed.
 */
int nemo_prefix_replace(struct nemo_prefix_table *table, void *owner,
			struct hlist_head *cur, struct hlist_head *fresh,
			struct netlink_ext_ack *extack)
{
	HLIST_HEAD(added);
	HLIST_HEAD(kept);
	struct nemo_prefix *p, *q;
	struct hlist_node *tmp;
	int err;

	err = nemo_prefix_check(table, owner, fresh, extack);
	if (err)
		return err;

	hlist_for_each_entry_safe(p, tmp, fresh, list) {
		q = rhashtable_lookup_fast(&table->ht, &p->key, nemo_prefix_params);
		if (!q)
			continue;
		hlist_del(&q->list);
		hlist_add_head(&q->list, &kept);
		hlist_del(&p->list);
		kfree(p);
	}

	hlist_for_each_entry_safe(p, tmp, fresh, list) {
		hlist_del(&p->list);
		p->owner = owner;
		err = nemo_prefix_insert(table, p);
		if (err == -EEXIST) {
			/* the request names it twice */
			kfree(p);
			err = 0;
			continue;
		}
		if (err) {
			NL_SET_ERR_MSG(extack, "no room in the prefix table");
			kfree(p);
			break;
		}
		hlist_add_head(&p->list, &added);
	}

	if (err) {
		nemo_prefix_remove_all(table, &added);
	} else {
		nemo_prefix_remove_all(table, cur);
		hlist_for_each_entry_safe(p, tmp, &added, list) {
			hlist_del(&p->list);
			hlist_add_head(&p->list, cur);
		}
	}
	hlist_for_each_entry_safe(p, tmp, &kept, list) {
		hlist_del(&p->list);
		hlist_add_head(&p->list, cur);
	}
	return err;
}

/* Context: the lock of the tunnel. */
void nemo_prefix_remove_all(struct nemo_prefix_table *table,
			    struct hlist_head *cur)
{
	struct nemo_prefix *p;
	struct hlist_node *tmp;

	hlist_for_each_entry_safe(p, tmp, cur, list)
		nemo_prefix_remove(table, p);
}
