// SPDX-License-Identifier: GPL-2.0
#include <linux/icmpv6.h>
#include <net/ip6_tunnel.h>

#include "../core/marker.h"
#include "../core/seq.h"
#include "binding.h"

static const struct rhashtable_params nemo_bce_params = {
	.key_len = sizeof(struct in6_addr),
	.key_offset = offsetof(struct nemo_bce, hoa),
	.head_offset = offsetof(struct nemo_bce, node),
	.automatic_shrinking = true,
};

/* Packets ---------------------------------------------------------------- */

/* Context: RCU read lock, BH disabled. */
static void nemo_bce_xmit(struct nemo_bce *bce, struct sk_buff *skb)
{
	struct nemo_endpoint *ep = rcu_dereference(bce->ep);
	struct nemo_tunnel *t = &bce->ha->tunnel;
	unsigned int len = skb->len;

	if (nemo_is_marker(ipv6_hdr(skb), &ep->key.local)) {
		/* end markers are made here, none comes from outside */
		nemo_drop_tx(t, skb, NEMO_DROP_SPOOFED);
	} else if (nemo_encap(t, skb, ep, bce->flowlabel)) {
		atomic64_inc(&bce->tx_packets);
		atomic64_add(len, &bce->tx_bytes);
	}
}

netdev_tx_t nemo_ha_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nemo_ha_dev *ha = netdev_priv(dev);
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_bce *bce;

	if (!nemo_xmit_check(t, skb))
		return NETDEV_TX_OK;

	rcu_read_lock();
	bce = nemo_prefix_lookup(&t->prefixes, &ipv6_hdr(skb)->daddr);
	if (likely(bce)) {
		nemo_bce_xmit(bce, skb);
	} else {
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
		nemo_drop_tx(t, skb, NEMO_DROP_NO_ENTRY);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

bool nemo_claims(struct nemo_tunnel *t, const struct ipv6hdr *outer,
		 const struct ipv6hdr *inner)
{
	struct nemo_bce *bce = nemo_prefix_lookup(&t->prefixes, &inner->saddr);

	return bce && ipv6_addr_equal(&rcu_dereference(bce->ep)->key.local, &outer->daddr);
}

/* RFC 3963 section 6.5, and RFC 6058 for the second care-of address. */
static bool nemo_bce_from(const struct nemo_bce *bce, const struct nemo_endpoint *ep)
{
	return likely(ep == rcu_dereference(bce->ep)) ||
	       (ep == rcu_dereference(bce->tep) &&
		time_before(jiffies, READ_ONCE(bce->transient_end)));
}

/* Only from its care-of addresses, only from its prefixes. */
bool nemo_input(struct nemo_tunnel *t, struct nemo_endpoint *ep,
		struct sk_buff *skb)
{
	const struct ipv6hdr *inner = (const struct ipv6hdr *)skb->data;
	struct nemo_bce *bce = nemo_prefix_lookup(&t->prefixes, &inner->saddr);
	unsigned int len;

	if (!bce) {
		nemo_drop_rx(t, skb, NEMO_DROP_SPOOFED);
		return true;
	}
	if (!nemo_bce_from(bce, ep)) {
		nemo_drop_rx(t, skb, NEMO_DROP_WRONG_ENDPOINT);
		return true;
	}
	if (!nemo_decap(t, skb))
		return true;
	len = skb->len;
	atomic64_inc(&bce->rx_packets);
	atomic64_add(len, &bce->rx_bytes);
	nemo_deliver(t, skb);
	return true;
}

/* Cache ------------------------------------------------------------------ */

/* An end marker that waits until the last packet before it has left. */
struct nemo_bce_marker {
	struct list_head list;		/* nemo_ha_dev.markers */
	struct nemo_endpoint *ep;	/* of the old care-of address, in use */
	struct nemo_marker marker;
};

static void nemo_bce_marker_done(struct nemo_ha_dev *ha, struct nemo_bce_marker *m)
{
	struct nemo_tunnel *t = &ha->tunnel;

	spin_lock_bh(&t->lock);
	nemo_endpoint_put(t, m->ep);
	spin_unlock_bh(&t->lock);
	kfree(m);
}

/*
 * A packet that had found the old care-of address is sent within its RCU read
 * section; after a grace period the marker is behind all of them. Many moves
 * share one. It is an expedited one, since packets wait for the marker at the
 * new host.
 */
static void nemo_ha_marker_work(struct work_struct *work)
{
	struct nemo_ha_dev *ha = container_of(work, struct nemo_ha_dev, marker_work);
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_bce_marker *m, *tmp;
	LIST_HEAD(list);

	spin_lock_bh(&t->lock);
	list_splice_init(&ha->markers, &list);
	spin_unlock_bh(&t->lock);
	synchronize_rcu_expedited();
	list_for_each_entry_safe(m, tmp, &list, list) {
		local_bh_disable();
		rcu_read_lock();
		nemo_marker_send(t, m->ep, &m->marker);
		rcu_read_unlock();
		local_bh_enable();
		nemo_bce_marker_done(ha, m);
	}
}

/* Nothing adds to the list any more. */
static void nemo_ha_markers_stop(struct nemo_ha_dev *ha)
{
	struct nemo_bce_marker *m, *tmp;

	cancel_work_sync(&ha->marker_work);
	list_for_each_entry_safe(m, tmp, &ha->markers, list)
		nemo_bce_marker_done(ha, m);
}

int nemo_ha_bindings_init(struct nemo_ha_dev *ha)
{
	INIT_LIST_HEAD(&ha->markers);
	INIT_WORK(&ha->marker_work, nemo_ha_marker_work);
	return rhashtable_init(&ha->bindings, &nemo_bce_params);
}

/* Context: tunnel.lock, which keeps what is found. */
struct nemo_bce *nemo_bce_lookup(struct nemo_ha_dev *ha,
				 const struct in6_addr *hoa)
{
	return rhashtable_lookup_fast(&ha->bindings, hoa, nemo_bce_params);
}

/* Nobody finds it afterwards. Context: tunnel.lock. */
static void nemo_bce_unlink(struct nemo_bce *bce)
{
	struct nemo_tunnel *t = &bce->ha->tunnel;

	lockdep_assert_held(&t->lock);
	bce->dead = true;
	rhashtable_remove_fast(&bce->ha->bindings, &bce->node, nemo_bce_params);
	nemo_prefix_remove_all(&t->prefixes, &bce->prefixes);
	xa_erase(&t->entries, bce->id);
	t->count--;
	nemo_tunnel_changed(t);
}

/*
 * The endpoints stay until the notification has been written. Context:
 * tunnel.lock.
 */
static void nemo_bce_release(struct nemo_bce *bce)
{
	struct nemo_tunnel *t = &bce->ha->tunnel;

	nemo_endpoint_put(t, nemo_endpoint_deref(t, bce->ep));
	nemo_endpoint_put(t, nemo_endpoint_deref(t, bce->tep));
	kfree_rcu(bce, rcu);
}

/*
 * A timer that is far off is up to an eighth late, and a lifetime is not: so it
 * is set early, and looks again.
 */
static void nemo_bce_wait(struct nemo_bce *bce)
{
	unsigned long left = bce->expires - get_jiffies_64();

	mod_timer(&bce->timer, jiffies + left - left / 8);
}

static void nemo_bce_expire(struct timer_list *timer)
{
	struct nemo_bce *bce = container_of(timer, struct nemo_bce, timer);
	struct nemo_tunnel *t = &bce->ha->tunnel;

	spin_lock(&t->lock);
	if (bce->dead)
		goto out;
	/* refreshed while this waited for the lock, or set early */
	if (time_before64(get_jiffies_64(), bce->expires)) {
		nemo_bce_wait(bce);
		goto out;
	}
	nemo_bce_unlink(bce);
	nemo_bce_notify(bce, NEMO_HA_REASON_EXPIRED, NULL);
	nemo_bce_release(bce);
out:
	spin_unlock(&t->lock);
}

static void nemo_bce_arm(struct nemo_bce *bce, u32 seconds)
{
	bce->lifetime = seconds;
	bce->expires = nemo_lifetime_end(get_jiffies_64(), seconds);
	nemo_bce_wait(bce);
}

static struct nemo_bce *nemo_bce_alloc(struct nemo_ha_dev *ha,
				       const struct in6_addr *hoa)
{
	struct nemo_bce *bce = kzalloc(sizeof(*bce), GFP_KERNEL_ACCOUNT);

	if (!bce)
		return NULL;
	bce->ha = ha;
	bce->hoa = *hoa;
	bce->flowlabel = nemo_flowlabel(hoa);
	timer_setup(&bce->timer, nemo_bce_expire, 0);
	/* its place in a dump; it stays empty until the binding is whole */
	if (xa_alloc_cyclic_bh(&ha->tunnel.entries, &bce->id, NULL, xa_limit_32b,
			       &ha->tunnel.next_id, GFP_KERNEL_ACCOUNT) < 0) {
		kfree(bce);
		return NULL;
	}
	return bce;
}

static void nemo_bce_discard(struct nemo_bce *bce)
{
	if (!bce)
		return;
	xa_erase_bh(&bce->ha->tunnel.entries, bce->id);
	/* a packet may have found a prefix that was taken back */
	kfree_rcu(bce, rcu);
}

/* Everything that a change may need, allocated before the lock is taken. */
struct nemo_bce_new {
	struct nemo_bce *bce;
	struct nemo_endpoint *ep;
	struct nemo_endpoint *tep;
	struct nemo_bce_marker *marker;
	struct hlist_head prefixes;
};

static void nemo_bce_new_free(struct nemo_bce_new *new)
{
	nemo_prefix_free(&new->prefixes);
	kfree(new->marker);
	nemo_endpoint_free(new->tep);
	nemo_endpoint_free(new->ep);
	nemo_bce_discard(new->bce);
}

static int nemo_bce_new_alloc(struct nemo_bce_new *new, struct nemo_ha_dev *ha,
			      const struct nemo_bind *bind)
{
	bool exists;

	rcu_read_lock();
	exists = nemo_bce_lookup(ha, &bind->hoa);
	rcu_read_unlock();
	if (!exists) {
		new->bce = nemo_bce_alloc(ha, &bind->hoa);
		if (!new->bce)
			goto err;
	}
	new->ep = nemo_endpoint_alloc(&bind->local, &bind->coa);
	if (!new->ep)
		goto err;
	if (!ipv6_addr_any(&bind->tcoa)) {
		new->tep = nemo_endpoint_alloc(&bind->local, &bind->tcoa);
		if (!new->tep)
			goto err;
	}
	new->marker = kmalloc(sizeof(*new->marker), GFP_KERNEL);
	if (!new->marker)
		goto err;
	if (nemo_prefix_alloc(&new->prefixes, bind->keys, bind->nkeys))
		goto err;
	return 0;
err:
	nemo_bce_new_free(new);
	return -ENOMEM;
}

/* Context: tunnel.lock. */
static int nemo_bce_insert(struct nemo_bce *bce)
{
	struct nemo_tunnel *t = &bce->ha->tunnel;
	int err;

	err = rhashtable_insert_fast(&bce->ha->bindings, &bce->node, nemo_bce_params);
	if (err)
		return err;
	/* the place was reserved: this allocates nothing */
	xa_store(&t->entries, bce->id, bce, GFP_ATOMIC);
	t->count++;
	return 0;
}

/* Context: tunnel.lock. */
static void nemo_bce_set_transient(struct nemo_bce *bce, struct nemo_endpoint *tep,
				   u32 lifetime)
{
	struct nemo_tunnel *t = &bce->ha->tunnel;

	nemo_endpoint_put(t, nemo_endpoint_deref(t, bce->tep));
	WRITE_ONCE(bce->transient_end, jiffies + msecs_to_jiffies(lifetime));
	rcu_assign_pointer(bce->tep, tep);
}

/* The old way ends with a marker. Context: tunnel.lock. */
static void nemo_bce_switch(struct nemo_bce *bce, struct nemo_endpoint *ep,
			    struct nemo_bce_new *new, u16 seq)
{
	struct nemo_ha_dev *ha = bce->ha;
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_endpoint *old = nemo_endpoint_deref(t, bce->ep);
	struct nemo_bce_marker *m = new->marker;

	rcu_assign_pointer(bce->ep, ep);
	if (ep == old) {
		nemo_endpoint_put(t, old);
		return;
	}
	new->marker = NULL;
	m->ep = old;
	m->marker.ha = old->key.local;
	m->marker.hoa = bce->hoa;
	m->marker.flowlabel = bce->flowlabel;
	m->marker.seq = seq;
	m->marker.hops = NEMO_MARKER_HOPS;
	list_add_tail(&m->list, &ha->markers);
	queue_work(system_highpri_wq, &ha->marker_work);
}

/*
 * Make @bce what @bind says. All that can fail comes first, so that a binding
 * is either the old one or the new one. Context: tunnel.lock.
 */
static int nemo_bce_update(struct nemo_bce *bce, const struct nemo_bind *bind,
			   struct nemo_bce_new *new, bool is_new,
			   struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &bce->ha->tunnel;
	struct nemo_endpoint *ep, *tep = NULL;
	int err;

	ep = nemo_endpoint_get(t, &new->ep);
	if (IS_ERR(ep))
		return PTR_ERR(ep);
	if (new->tep) {
		tep = nemo_endpoint_get(t, &new->tep);
		err = PTR_ERR_OR_ZERO(tep);
		if (err)
			goto err_ep;
	}
	/* a reader that finds a prefix finds the way, too */
	if (is_new)
		rcu_assign_pointer(bce->ep, ep);
	err = nemo_prefix_replace(&t->prefixes, bce, &bce->prefixes,
				  &new->prefixes, extack);
	if (err)
		goto err_tep;
	if (is_new) {
		err = nemo_bce_insert(bce);
		if (err)
			goto err_prefixes;
	} else {
		nemo_bce_switch(bce, ep, new, bind->seq);
	}
	if (bind->has_tcoa)
		nemo_bce_set_transient(bce, tep, bind->tcoa_lifetime);
	return 0;

err_prefixes:
	nemo_prefix_remove_all(&t->prefixes, &bce->prefixes);
err_tep:
	nemo_endpoint_put(t, tep);
err_ep:
	nemo_endpoint_put(t, ep);
	return err;
}

/* Context: tunnel.lock. */
static int nemo_bce_bind_locked(struct nemo_ha_dev *ha,
				const struct nemo_bind *bind,
				struct nemo_bce_new *new,
				struct netlink_ext_ack *extack)
{
	enum nemo_ha_reason reason = NEMO_HA_REASON_REGISTERED;
	struct nemo_bce *bce = nemo_bce_lookup(ha, &bind->hoa);
	struct nemo_tunnel *t = &ha->tunnel;
	struct in6_addr old_coa = {};
	bool is_new = !bce;
	int err;

	if (t->dead) {
		NL_SET_ERR_MSG(extack, "the device is being removed");
		return -ENODEV;
	}
	if (is_new && !new->bce)
		return -EAGAIN;		/* it expired a moment ago */
	if (bce && !nemo_seq_newer(bind->seq, bce->seq)) {
		NL_SET_ERR_MSG(extack, "sequence number is not newer than the binding's");
		return -ESTALE;
	}
	if (is_new) {
		bce = new->bce;
	} else {
		old_coa = nemo_endpoint_deref(t, bce->ep)->key.remote;
		reason = ipv6_addr_equal(&old_coa, &bind->coa) ?
			 NEMO_HA_REASON_REFRESHED : NEMO_HA_REASON_REPLACED;
	}

	err = nemo_bce_update(bce, bind, new, is_new, extack);
	if (err)
		return err;
	if (is_new)
		new->bce = NULL;
	if (bind->name)
		strscpy(bce->name, bind->name, sizeof(bce->name));
	bce->seq = bind->seq;
	nemo_bce_arm(bce, bind->lifetime);
	nemo_tunnel_changed(t);
	nemo_bce_notify(bce, reason,
			reason == NEMO_HA_REASON_REPLACED ? &old_coa : NULL);
	return 0;
}

/**
 * nemo_bce_bind() - register, refresh or replace a binding
 * @ha: device
 * @bind: what the Binding Update says
 * @extack: says what is wrong
 *
 * This is the last word on order: an agent that was late, doubled or restarted
 * cannot hand a prefix back to a host that lost it.
 *
 * Return: 0, -ESTALE, -EEXIST, -ENODEV or -ENOMEM.
 */
int nemo_bce_bind(struct nemo_ha_dev *ha, const struct nemo_bind *bind,
		  struct netlink_ext_ack *extack)
{
	int err;

	do {
		struct nemo_bce_new new = {};

		err = nemo_bce_new_alloc(&new, ha, bind);
		if (err)
			return err;
		spin_lock_bh(&ha->tunnel.lock);
		err = nemo_bce_bind_locked(ha, bind, &new, extack);
		spin_unlock_bh(&ha->tunnel.lock);
		nemo_bce_new_free(&new);
	} while (err == -EAGAIN);
	return err;
}

/* Context: tunnel.lock. */
static int nemo_bce_transient_locked(struct nemo_ha_dev *ha,
				     const struct nemo_bind *bind,
				     struct nemo_endpoint **fresh,
				     struct netlink_ext_ack *extack)
{
	struct nemo_bce *bce = nemo_bce_lookup(ha, &bind->hoa);
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_endpoint *tep = NULL;

	if (!bce) {
		NL_SET_ERR_MSG(extack, "no binding for this home address");
		return -ENOENT;
	}
	if (*fresh) {
		tep = nemo_endpoint_get(t, fresh);
		if (IS_ERR(tep))
			return PTR_ERR(tep);
	}
	nemo_bce_set_transient(bce, tep, bind->tcoa_lifetime);
	nemo_tunnel_changed(t);
	nemo_bce_notify(bce, NEMO_HA_REASON_TRANSIENT, NULL);
	return 0;
}

/**
 * nemo_bce_transient() - set the transient care-of address of a binding
 * @ha: device
 * @bind: its home address, tcoa and tcoa_lifetime
 * @extack: says what is wrong
 *
 * RFC 6058: the new host may send before the binding is switched to it.
 *
 * Return: 0, -ENOENT or -ENOMEM.
 */
int nemo_bce_transient(struct nemo_ha_dev *ha, const struct nemo_bind *bind,
		       struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_endpoint *fresh = NULL;
	struct in6_addr local;
	struct nemo_bce *bce;
	int err;

	spin_lock_bh(&t->lock);
	bce = nemo_bce_lookup(ha, &bind->hoa);
	if (bce)
		local = nemo_endpoint_deref(t, bce->ep)->key.local;
	spin_unlock_bh(&t->lock);
	if (bce && !ipv6_addr_any(&bind->tcoa)) {
		fresh = nemo_endpoint_alloc(&local, &bind->tcoa);
		if (!fresh)
			return -ENOMEM;
	}
	spin_lock_bh(&t->lock);
	err = nemo_bce_transient_locked(ha, bind, &fresh, extack);
	spin_unlock_bh(&t->lock);
	nemo_endpoint_free(fresh);
	return err;
}

/**
 * nemo_bce_delete() - remove a binding
 * @ha: device
 * @hoa: its home address
 * @seq: sequence number of the de-registration, or NULL
 * @extack: says what is wrong
 *
 * Return: 0, -ENOENT or -ESTALE.
 */
int nemo_bce_delete(struct nemo_ha_dev *ha, const struct in6_addr *hoa,
		    const u16 *seq, struct netlink_ext_ack *extack)
{
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_bce *bce;
	int err = 0;

	spin_lock_bh(&t->lock);
	bce = nemo_bce_lookup(ha, hoa);
	if (!bce) {
		NL_SET_ERR_MSG(extack, "no binding for this home address");
		err = -ENOENT;
	} else if (seq && !nemo_seq_newer(*seq, bce->seq)) {
		NL_SET_ERR_MSG(extack, "sequence number is not newer than the binding's");
		err = -ESTALE;
	} else {
		if (seq)
			bce->seq = *seq;
		nemo_bce_unlink(bce);
		nemo_bce_notify(bce, NEMO_HA_REASON_DEREGISTERED, NULL);
	}
	spin_unlock_bh(&t->lock);
	if (err)
		return err;

	del_timer_sync(&bce->timer);
	spin_lock_bh(&t->lock);
	nemo_bce_release(bce);
	spin_unlock_bh(&t->lock);
	return 0;
}

/* The device goes. Context: RTNL. */
void nemo_ha_bindings_uninit(struct nemo_ha_dev *ha)
{
	struct nemo_tunnel *t = &ha->tunnel;
	struct nemo_bce *bce;
	unsigned long id;

	spin_lock_bh(&t->lock);
	t->dead = true;
	spin_unlock_bh(&t->lock);

	for (;;) {
		spin_lock_bh(&t->lock);
		id = 0;
		bce = xa_find(&t->entries, &id, ULONG_MAX, XA_PRESENT);
		if (bce)
			nemo_bce_unlink(bce);
		spin_unlock_bh(&t->lock);
		if (!bce)
			break;
		del_timer_sync(&bce->timer);
		spin_lock_bh(&t->lock);
		nemo_bce_release(bce);
		spin_unlock_bh(&t->lock);
	}
	nemo_ha_markers_stop(ha);
}
