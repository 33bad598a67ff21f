// SPDX-License-Identifier: GPL-2.0
/*
 * Ends of tunnels. A thousand mobile routers on one host share one care-of
 * address and so one endpoint with its per-CPU route cache.
 */
#include <linux/slab.h>

#include "tunnel.h"

static inline u32 nemo_endpoint_hash(const void *data, u32 len, u32 seed)
{
	const struct nemo_endpoint_key *key = data;

	return nemo_addr_hash(&key->remote, seed) + nemo_addr_hash(&key->local, seed);
}

static inline u32 nemo_endpoint_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct nemo_endpoint *ep = data;

	return nemo_endpoint_hash(&ep->key, len, seed);
}

static inline int nemo_endpoint_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nemo_endpoint_key *key = arg->key;
	const struct nemo_endpoint *ep = obj;

	return !ipv6_addr_equal(&ep->key.remote, &key->remote) ||
	       !ipv6_addr_equal(&ep->key.local, &key->local);
}

static const struct rhashtable_params nemo_endpoint_params = {
	.key_len = sizeof(struct nemo_endpoint_key),
	.key_offset = offsetof(struct nemo_endpoint, key),
	.head_offset = offsetof(struct nemo_endpoint, node),
	.hashfn = nemo_endpoint_hash,
	.obj_hashfn = nemo_endpoint_obj_hash,
	.obj_cmpfn = nemo_endpoint_cmp,
	.automatic_shrinking = true,
};

static int nemo_endpoints_init(struct nemo_tunnel *t)
{
	return rhashtable_init(&t->endpoints, &nemo_endpoint_params);
}

/* Context: RCU read lock. */
struct nemo_endpoint *
nemo_endpoint_lookup(struct nemo_tunnel *t, const struct in6_addr *local,
		     const struct in6_addr *remote)
{
	struct nemo_endpoint_key key = { *local, *remote };

	return rhashtable_lookup(&t->endpoints, &key, nemo_endpoint_params);
}

/**
 * nemo_endpoint_alloc() - allocate an endpoint before the lock is taken
 * @local: our outer address
 * @remote: the outer address of the other end
 *
 * Return: endpoint without users, or NULL.
 */
struct nemo_endpoint *nemo_endpoint_alloc(const struct in6_addr *local,
					  const struct in6_addr *remote)
{
	struct nemo_endpoint *ep = kzalloc(sizeof(*ep), GFP_KERNEL_ACCOUNT);

	if (!ep)
		return NULL;
	if (dst_cache_init(&ep->cache, GFP_KERNEL_ACCOUNT)) {
		kfree(ep);
		return NULL;
	}
	ep->key.local = *local;
	ep->key.remote = *remote;
	return ep;
}

/* Free an endpoint that nobody uses and no table has; NULL is fine. */
void nemo_endpoint_free(struct nemo_endpoint *ep)
{
	if (!ep)
		return;
	dst_cache_destroy(&ep->cache);
	kfree(ep);
}

/**
 * nemo_endpoint_get() - use the endpoint of these addresses
 * @t: tunnel
 * @fresh: endpoint from nemo_endpoint_alloc(); NULL afterwards if it went
 *	into the table, else it stays the caller's
 *
 * Context: nemo_tunnel.lock.
 * Return: endpoint, or an error pointer.
 */
struct nemo_endpoint *nemo_endpoint_get(struct nemo_tunnel *t,
					struct nemo_endpoint **fresh)
{
	struct nemo_endpoint *ep;
	int err;

	lockdep_assert_held(&t->lock);
	ep = rhashtable_lookup_fast(&t->endpoints, &(*fresh)->key, nemo_endpoint_params);
	if (!ep) {
		ep = *fresh;
		err = rhashtable_insert_fast(&t->endpoints, &ep->node, nemo_endpoint_params);
		if (err)
			return ERR_PTR(err);
		*fresh = NULL;
	}
	ep->users++;
	return ep;
}

static void nemo_endpoint_free_rcu(struct rcu_head *rcu)
{
	nemo_endpoint_free(container_of(rcu, struct nemo_endpoint, rcu));
}

/* Context: nemo_tunnel.lock; NULL is fine. */
void nemo_endpoint_put(struct nemo_tunnel *t, struct nemo_endpoint *ep)
{
	lockdep_assert_held(&t->lock);
	if (!ep || --ep->users)
		return;
	rhashtable_remove_fast(&t->endpoints, &ep->node, nemo_endpoint_params);
	call_rcu(&ep->rcu, nemo_endpoint_free_rcu);
}
