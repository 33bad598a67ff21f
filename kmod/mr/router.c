// SPDX-License-Identifier: GPL-2.0
/* The table of mobile routers of a device. */
#include <linux/rtnetlink.h>

#include "../core/seq.h"
#include "router.h"

static const struct rhashtable_params nemo_mr_params = {
	.key_len = NEMO_MR_NAME_MAX + 1,
	.key_offset = offsetof(struct nemo_mr, name),
	.head_offset = offsetof(struct nemo_mr, node),
	.automatic_shrinking = true,
};

int nemo_mr_routers_init(struct nemo_mr_dev *nd)
{
	INIT_LIST_HEAD(&nd->attachments);
	atomic_set(&nd->held.bytes, 0);
	nd->held.max_bytes = NEMO_HOLD_TOTAL;
	return rhashtable_init(&nd->routers, &nemo_mr_params);
}

/**
 * nemo_mr_lookup() - find a mobile router
 * @nd: device
 * @name: its name, with zeros up to NEMO_MR_NAME_MAX + 1 octets
 *
 * Context: RTNL or tunnel.lock, which keep it.
 * Return: mobile router or NULL.
 */
struct nemo_mr *nemo_mr_lookup(struct nemo_mr_dev *nd, const char *name)
{
	return rhashtable_lookup_fast(&nd->routers, name, nemo_mr_params);
}

static struct nemo_mr *nemo_mr_get(struct nemo_mr_dev *nd, const char *name)
{
	struct nemo_mr *mr;

	spin_lock_bh(&nd->tunnel.lock);
	mr = nemo_mr_lookup(nd, name);
	if (mr)
		refcount_inc(&mr->refs);
	spin_unlock_bh(&nd->tunnel.lock);
	return mr;
}

/**
 * nemo_mr_put() - give back a reference
 * @mr: mobile router
 *
 * Context: any.
 */
void nemo_mr_put(struct nemo_mr *mr)
{
	if (!refcount_dec_and_test(&mr->refs))
		return;
	netdev_put(mr->nd->tunnel.dev, &mr->tracker);
	kfree_rcu(mr, rcu);
}

/* Endpoints -------------------------------------------------------------- */

/* The addresses that a mobile router shall have; a zero one gives no endpoint. */
struct nemo_mr_ways {
	struct in6_addr ha;
	struct in6_addr coa;
	struct in6_addr peer;
	struct nemo_endpoint *ha_ep;	/* fresh, or NULL */
	struct nemo_endpoint *peer_ep;
	struct nemo_endpoint *to_ha;	/* in the table, in use */
	struct nemo_endpoint *to_peer;
};

static void nemo_mr_ways_free(struct nemo_mr_ways *ways)
{
	nemo_endpoint_free(ways->ha_ep);
	nemo_endpoint_free(ways->peer_ep);
}

static int nemo_mr_ways_alloc(struct nemo_mr_ways *ways)
{
	if (ipv6_addr_any(&ways->coa))
		return 0;
	ways->ha_ep = nemo_endpoint_alloc(&ways->coa, &ways->ha);
	if (!ways->ha_ep)
		return -ENOMEM;
	if (ipv6_addr_any(&ways->peer))
		return 0;
	ways->peer_ep = nemo_endpoint_alloc(&ways->coa, &ways->peer);
	if (!ways->peer_ep) {
		nemo_mr_ways_free(ways);
		return -ENOMEM;
	}
	return 0;
}

/* The half that can fail. Context: tunnel.lock. */
static int nemo_mr_ways_get(struct nemo_tunnel *t, struct nemo_mr_ways *ways)
{
	struct nemo_endpoint *ep;

	if (ways->ha_ep) {
		ep = nemo_endpoint_get(t, &ways->ha_ep);
		if (IS_ERR(ep))
			return PTR_ERR(ep);
		ways->to_ha = ep;
	}
	if (ways->peer_ep) {
		ep = nemo_endpoint_get(t, &ways->peer_ep);
		if (IS_ERR(ep)) {
			nemo_endpoint_put(t, ways->to_ha);
			return PTR_ERR(ep);
		}
		ways->to_peer = ep;
	}
	return 0;
}

/* Undo it. Context: tunnel.lock. */
static void nemo_mr_ways_put(struct nemo_tunnel *t, struct nemo_mr_ways *ways)
{
	nemo_endpoint_put(t, ways->to_ha);
	nemo_endpoint_put(t, ways->to_peer);
}

/* The guest goes on to a third host: some may still come from the first. */
static bool nemo_mr_other_peer(const struct nemo_mr *mr, const struct nemo_mr_ways *ways)
{
	return !ipv6_addr_any(&mr->peer) && !ipv6_addr_any(&ways->peer) &&
	       !ipv6_addr_equal(&mr->peer, &ways->peer);
}

/*
 * Take new outer addresses. What still arrives over the old ones is taken as
 * the old host's: it is older than what comes over the new ones. Context:
 * tunnel.lock.
 */
static void nemo_mr_ways_set(struct nemo_mr *mr, const struct nemo_mr_ways *ways)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;

	if (!ipv6_addr_equal(&mr->coa, &ways->coa)) {
		nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->old_ep));
		rcu_assign_pointer(mr->old_ep, nemo_endpoint_deref(t, mr->ha_ep));
	} else {
		nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->ha_ep));
		if (nemo_mr_other_peer(mr, ways)) {
			nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->old_ep));
			rcu_assign_pointer(mr->old_ep, nemo_endpoint_deref(t, mr->peer_ep));
			rcu_assign_pointer(mr->peer_ep, NULL);
		}
	}
	nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->peer_ep));
	rcu_assign_pointer(mr->ha_ep, ways->to_ha);
	rcu_assign_pointer(mr->peer_ep, ways->to_peer);
	mr->ha = ways->ha;
	mr->coa = ways->coa;
	mr->peer = ways->peer;
}

/* Context: tunnel.lock. */
static void nemo_mr_ways_clear(struct nemo_mr *mr)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;

	nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->ha_ep));
	nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->old_ep));
	nemo_endpoint_put(t, nemo_endpoint_deref(t, mr->peer_ep));
	/* work and requests that have the mobile router may be later than their end */
	RCU_INIT_POINTER(mr->ha_ep, NULL);
	RCU_INIT_POINTER(mr->old_ep, NULL);
	RCU_INIT_POINTER(mr->peer_ep, NULL);
}

/* Life ------------------------------------------------------------------- */

static void nemo_mr_settings(struct nemo_mr *mr, const struct nemo_mr_conf *conf)
{
	if (conf->has & NEMO_HAS_FLAGS)
		WRITE_ONCE(mr->flags, conf->flags);
	if (conf->has & NEMO_HAS_SEQ) {
		WRITE_ONCE(mr->seq, conf->seq);
		nemo_mr_marker_renew(mr, conf->seq);
	}
	if (conf->has & NEMO_HAS_LIFETIME) {
		mr->lifetime = conf->lifetime;
		mr->expires = nemo_lifetime_end(get_jiffies_64(), conf->lifetime);
	}
	if (conf->has & NEMO_HAS_HOLD_PACKETS)
		WRITE_ONCE(mr->limit.packets, conf->limit.packets);
	if (conf->has & NEMO_HAS_HOLD_BYTES)
		WRITE_ONCE(mr->limit.bytes, conf->limit.bytes);
	if (conf->has & NEMO_HAS_MARKER_TIMEOUT)
		WRITE_ONCE(mr->marker.timeout, conf->marker_timeout);
	nemo_tunnel_changed(&mr->nd->tunnel);
}

/* Nobody finds it afterwards but by its place on the attachment. */
static void nemo_mr_unlink(struct nemo_mr *mr)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;

	lockdep_assert_held(&t->lock);
	rhashtable_remove_fast(&mr->nd->routers, &mr->node, nemo_mr_params);
	nemo_prefix_remove_all(&t->prefixes, &mr->prefixes);
	xa_erase(&t->entries, mr->id);
	t->count--;
	nemo_tunnel_changed(t);
	spin_lock(&mr->lock);
	WRITE_ONCE(mr->dead, true);
	spin_unlock(&mr->lock);
}

/* The second half of the removal. Context: RTNL. */
static void nemo_mr_destroy(struct nemo_mr *mr)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;

	nemo_mr_change_stop(mr);
	nemo_detach(mr);
	spin_lock_bh(&t->lock);
	nemo_mr_ways_clear(mr);
	spin_unlock_bh(&t->lock);
	nemo_mr_put(mr);
}

static struct nemo_mr *nemo_mr_alloc(struct nemo_mr_dev *nd,
				     const struct nemo_mr_conf *conf)
{
	struct nemo_mr *mr = kzalloc(sizeof(*mr), GFP_KERNEL_ACCOUNT);

	if (!mr)
		return NULL;
	mr->nd = nd;
	memcpy(mr->name, conf->name, sizeof(mr->name));
	mr->hoa = conf->hoa;
	mr->flowlabel = nemo_flowlabel(&mr->hoa);
	refcount_set(&mr->refs, 1);
	mutex_init(&mr->conf);
	nemo_mr_change_init(mr);
	if (xa_alloc_cyclic_bh(&nd->tunnel.entries, &mr->id, NULL, xa_limit_32b,
			       &nd->tunnel.next_id, GFP_KERNEL_ACCOUNT) < 0) {
		kfree(mr);
		return NULL;
	}
	netdev_hold(nd->tunnel.dev, &mr->tracker, GFP_KERNEL);
	return mr;
}

/* Context: tunnel.lock. */
static int nemo_mr_insert(struct nemo_mr *mr, struct nemo_mr_ways *ways,
			  struct hlist_head *prefixes,
			  struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;
	int err;

	if (t->dead) {
		NL_SET_ERR_MSG(extack, "the device is being removed");
		return -ENODEV;
	}
	if (nemo_mr_lookup(mr->nd, mr->name)) {
		NL_SET_ERR_MSG(extack, "a mobile router of this name exists");
		return -EEXIST;
	}
	err = nemo_mr_ways_get(t, ways);
	if (err)
		return err;
	nemo_mr_ways_set(mr, ways);
	err = nemo_prefix_replace(&t->prefixes, mr, &mr->prefixes, prefixes, extack);
	if (err)
		goto err_ways;
	err = rhashtable_insert_fast(&mr->nd->routers, &mr->node, nemo_mr_params);
	if (err)
		goto err_prefixes;
	/* the place was reserved: this allocates nothing */
	xa_store(&t->entries, mr->id, mr, GFP_ATOMIC);
	t->count++;
	nemo_tunnel_changed(t);
	return 0;

err_prefixes:
	nemo_prefix_remove_all(&t->prefixes, &mr->prefixes);
err_ways:
	nemo_mr_ways_clear(mr);
	return err;
}

/**
 * nemo_mr_new() - make a mobile router, in standby
 * @nd: device
 * @conf: request
 * @extack: says what is wrong
 *
 * Return: 0, -EEXIST, -ENODEV, -EINVAL or -ENOMEM.
 */
int nemo_mr_new(struct nemo_mr_dev *nd, struct nemo_mr_conf *conf,
		struct netlink_ext_ack *extack)
{
	struct nemo_mr_ways ways = { .ha = conf->ha, .coa = conf->coa };
	struct nemo_tunnel *t = &nd->tunnel;
	HLIST_HEAD(prefixes);
	struct nemo_mr *mr;
	int err;

	mr = nemo_mr_alloc(nd, conf);
	if (!mr)
		return -ENOMEM;
	nemo_mr_settings(mr, conf);
	err = nemo_mr_ways_alloc(&ways);
	if (err)
		goto err_alloc;
	err = nemo_prefix_alloc(&prefixes, conf->keys, conf->nkeys);
	if (err)
		goto err_ways;

	rtnl_lock();
	spin_lock_bh(&t->lock);
	err = nemo_mr_insert(mr, &ways, &prefixes, extack);
	spin_unlock_bh(&t->lock);
	if (err)
		goto err_unlock;
	err = nemo_attach(mr, conf, extack);
	if (err) {
		spin_lock_bh(&t->lock);
		nemo_mr_unlink(mr);
		spin_unlock_bh(&t->lock);
		nemo_mr_destroy(mr);
	} else {
		nemo_mr_notify_new(mr);
	}
	rtnl_unlock();
	nemo_prefix_free(&prefixes);
	nemo_mr_ways_free(&ways);
	return err;

err_unlock:
	rtnl_unlock();
	nemo_prefix_free(&prefixes);
err_ways:
	nemo_mr_ways_free(&ways);
err_alloc:
	xa_erase_bh(&t->entries, mr->id);
	/* a packet may have found a prefix that was taken back */
	nemo_mr_put(mr);
	return err;
}

/* Prefixes, addresses and settings: all of them or none. Context: conf. */
static int nemo_mr_set_tables(struct nemo_mr *mr, const struct nemo_mr_conf *conf,
			      struct nemo_mr_ways *ways, struct hlist_head *prefixes,
			      struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;
	int err;

	spin_lock_bh(&t->lock);
	err = mr->dead ? -ENOENT : nemo_mr_ways_get(t, ways);
	if (err)
		goto unlock;
	if (conf->has & NEMO_HAS_PREFIX)
		err = nemo_prefix_replace(&t->prefixes, mr, &mr->prefixes, prefixes, extack);
	if (err) {
		nemo_mr_ways_put(t, ways);
		goto unlock;
	}
	nemo_mr_ways_set(mr, ways);
	nemo_mr_settings(mr, conf);
unlock:
	spin_unlock_bh(&t->lock);
	return err;
}

/* A state that holds comes before the new addresses, one that sends after. */
static bool nemo_mr_state_first(const struct nemo_mr_conf *conf)
{
	return nemo_mr_verdict(conf->state, NEMO_FROM_GUEST) != NEMO_TO_HA;
}

/* What concerns interfaces. */
static int nemo_mr_set_attachment(struct nemo_mr *mr, const struct nemo_mr_conf *conf,
				  struct netlink_ext_ack *extack)
{
	int err;

	if (!(conf->has & NEMO_HAS_RTNL))
		return 0;
	rtnl_lock();
	err = mr->dead ? -ENOENT : nemo_attach(mr, conf, extack);
	rtnl_unlock();
	return err;
}

/*
 * May it have these prefixes, now? Another request may still take one before this one
 * does.
 */
static int nemo_mr_check_prefixes(struct nemo_mr *mr, const struct hlist_head *prefixes,
				  struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &mr->nd->tunnel;
	int err;

	spin_lock_bh(&t->lock);
	err = nemo_prefix_check(&t->prefixes, mr, prefixes, extack);
	spin_unlock_bh(&t->lock);
	return err;
}

/*
 * What needs memory and what may be refused comes first, so that a request which is
 * refused has changed nothing. Context: conf.
 */
static int nemo_mr_set_all(struct nemo_mr *mr, struct nemo_mr_conf *conf,
			   struct netlink_ext_ack *extack)
{
	struct nemo_mr_ways ways = {
		.ha = conf->has & NEMO_HAS_HA ? conf->ha : mr->ha,
		.coa = conf->has & NEMO_HAS_COA ? conf->coa : mr->coa,
		.peer = conf->has & NEMO_HAS_PEER ? conf->peer : mr->peer,
	};
	bool state = conf->has & NEMO_HAS_STATE;
	u16 seq = conf->has & NEMO_HAS_SEQ ? conf->seq : mr->seq;
	HLIST_HEAD(prefixes);
	int err;

	err = nemo_mr_ways_alloc(&ways);
	if (err)
		return err;
	if (state)
		err = nemo_mr_may_change(mr, conf->state, ways.ha_ep, ways.peer_ep, extack);
	if (!err && conf->has & NEMO_HAS_PREFIX) {
		err = nemo_prefix_key_set(&conf->keys[0], &mr->hoa, NEMO_PLEN_MAX, extack);
		if (!err)
			err = nemo_prefix_alloc(&prefixes, conf->keys, conf->nkeys);
		if (!err)
			err = nemo_mr_check_prefixes(mr, &prefixes, extack);
	}
	if (!err)
		err = nemo_mr_set_attachment(mr, conf, extack);
	if (!err && state && nemo_mr_state_first(conf))
		err = nemo_mr_change(mr, conf->state, seq, extack);
	if (!err)
		err = nemo_mr_set_tables(mr, conf, &ways, &prefixes, extack);
	if (!err && state && !nemo_mr_state_first(conf))
		err = nemo_mr_change(mr, conf->state, seq, extack);
	nemo_prefix_free(&prefixes);
	nemo_mr_ways_free(&ways);
	return err;
}

/**
 * nemo_mr_set() - change a mobile router
 * @nd: device
 * @conf: request; what it does not have stays
 * @extack: says what is wrong
 *
 * It is on the guest's path, so it waits for RTNL only if it concerns an
 * interface, and leaves it to others to empty the queues.
 *
 * Return: 0, -ENOENT, -EBUSY, -EEXIST, -ENODEV, -EINVAL or -ENOMEM.
 */
int nemo_mr_set(struct nemo_mr_dev *nd, struct nemo_mr_conf *conf,
		struct netlink_ext_ack *extack)
{
	struct nemo_mr *mr = nemo_mr_get(nd, conf->name);
	int err;

	if (!mr) {
		NL_SET_ERR_MSG(extack, "no mobile router of this name on this device");
		return -ENOENT;
	}
	mutex_lock(&mr->conf);
	err = nemo_mr_set_all(mr, conf, extack);
	mutex_unlock(&mr->conf);
	nemo_mr_put(mr);
	return err;
}

/**
 * nemo_mr_del() - remove a mobile router
 * @nd: device
 * @name: its name
 * @extack: says what is wrong
 *
 * Return: 0 or -ENOENT.
 */
int nemo_mr_del(struct nemo_mr_dev *nd, const char *name,
		struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &nd->tunnel;
	struct nemo_mr *mr;

	rtnl_lock();
	spin_lock_bh(&t->lock);
	mr = nemo_mr_lookup(nd, name);
	if (mr)
		nemo_mr_unlink(mr);
	spin_unlock_bh(&t->lock);
	if (mr) {
		nemo_mr_notify_del(mr);
		nemo_mr_destroy(mr);
	} else {
		NL_SET_ERR_MSG(extack, "no mobile router of this name on this device");
	}
	rtnl_unlock();
	return mr ? 0 : -ENOENT;
}

/* The device goes. Context: RTNL. */
void nemo_mr_routers_uninit(struct nemo_mr_dev *nd)
{
	struct nemo_tunnel *t = &nd->tunnel;
	struct nemo_mr *mr;
	unsigned long id;

	spin_lock_bh(&t->lock);
	t->dead = true;
	spin_unlock_bh(&t->lock);
	xa_for_each(&t->entries, id, mr) {
		spin_lock_bh(&t->lock);
		nemo_mr_unlink(mr);
		spin_unlock_bh(&t->lock);
		nemo_mr_destroy(mr);
	}
}
