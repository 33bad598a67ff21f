// SPDX-License-Identifier: GPL-2.0
/*
 * The tie of mobile routers to an interface with guests behind it. A bridge
 * is watched at its ports, since frames from one guest to another never reach
 * the bridge itself, and since only a port tells a guest from the rest.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>
#include <net/ipv6.h>
#include <net/sch_generic.h>

#include "early.h"
#include "guest.h"
#include "router.h"

/* One interface whose ingress is hooked. */
struct nemo_port {
	struct list_head list;		/* nemo_attachment.ports; RTNL */
	struct nemo_attachment *att;
	struct net_device *dev;
	netdevice_tracker tracker;
	struct nf_hook_ops ops;
	bool guests;			/* READ_ONCE; RTNL */
	unsigned long since;		/* jiffies when it came up; READ_ONCE; RTNL */
	bool ready;			/* READ_ONCE; RTNL; can send */
	struct nemo_early early;	/* if it is of a bridge */
	struct rcu_head rcu;
};

struct nemo_attachment {
	struct list_head list;		/* nemo_mr_dev.attachments; RTNL */
	struct nemo_mr_dev *nd;
	struct net_device *dev;
	netdevice_tracker tracker;
	int ifindex;
	struct list_head ports;		/* RTNL */
	struct list_head routers;	/* RTNL */
	struct nemo_mr __rcu *only;	/* if there is just one; RTNL */
	struct rhashtable guests;	/* nemo_guest; RCU; RTNL */
	atomic_t serving;		/* mobile routers that serve */
	struct work_struct look;
	struct rcu_work free;
};

int nemo_attach_ifindex(const struct nemo_attachment *att)
{
	return att ? att->ifindex : 0;
}

static bool nemo_dev_can_send(const struct net_device *dev)
{
	return netif_running(dev) && netif_carrier_ok(dev) && netif_oper_up(dev) &&
	       !qdisc_tx_is_noop(dev);
}

/**
 * nemo_port_can_send() - do packets reach the guest yet?
 * @port: the guest's port of an attachment
 *
 * A guest's first frame can come before the kernel has seen to the carrier of
 * its port, or of a bridge that had no port with one.
 *
 * Context: RCU read lock or RTNL.
 * Return: true if they do.
 */
bool nemo_port_can_send(const struct nemo_port *port)
{
	return READ_ONCE(port->ready) && nemo_dev_can_send(port->att->dev);
}

/* When it became what it is: jiffies. */
unsigned long nemo_port_since(const struct nemo_port *port)
{
	return READ_ONCE(port->since);
}

int nemo_port_ifindex(const struct nemo_port *port)
{
	return port->dev->ifindex;
}

/**
 * nemo_attach_can_send() - do packets reach the guest yet?
 * @att: attachment, or NULL
 * @ifindex: the guest's port of it
 *
 * Context: RTNL.
 * Return: true if they do, or never will, as there is no such port.
 */
bool nemo_attach_can_send(const struct nemo_attachment *att, int ifindex)
{
	const struct nemo_port *port;

	ASSERT_RTNL();
	if (!att)
		return true;
	list_for_each_entry(port, &att->ports, list)
		if (port->dev->ifindex == ifindex)
			return nemo_port_can_send(port);
	return true;
}

/* Context: lock of a mobile router. */
void nemo_attach_serving(struct nemo_attachment *att, int change)
{
	atomic_add(change, &att->serving);
}

/* Frames ----------------------------------------------------------------- */

/* Which mobile router a frame speaks for: by MAC address, else by source. */
static struct nemo_mr *nemo_port_router(struct nemo_attachment *att,
					const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	struct ipv6hdr buf;
	struct nemo_mr *mr;

	mr = rcu_dereference(att->only);
	if (mr && !READ_ONCE(mr->match.nguests))
		return mr;
	if (skb_mac_header_was_set(skb) && skb_mac_header_len(skb) >= ETH_HLEN) {
		mr = nemo_guest_lookup(&att->guests, eth_hdr(skb)->h_source);
		if (mr)
			return mr;
	}
	if (skb->protocol != htons(ETH_P_IPV6))
		return NULL;
	ip6 = skb_header_pointer(skb, skb_network_offset(skb), sizeof(buf), &buf);
	if (!ip6)
		return NULL;
	mr = nemo_prefix_lookup(&att->nd->tunnel.prefixes, &ip6->saddr);
	return mr && READ_ONCE(mr->att) == att ? mr : NULL;
}

/*
 * Where the other end of an attachment is a port of a bridge, as with a veth leg, the
 * host's own frames come this way, too. They count for nothing; looked at only where
 * a frame would change something.
 */
static bool nemo_port_own_frame(const struct nemo_mr *mr, const struct sk_buff *skb)
{
	enum nemo_mr_state state = READ_ONCE(mr->state);

	return nemo_mr_first_frame(state, READ_ONCE(mr->flags)) != state &&
	       skb_mac_header_was_set(skb) && skb_mac_header_len(skb) >= ETH_HLEN &&
	       dev_getbyhwaddr_rcu(dev_net(skb->dev), ARPHRD_ETHER, eth_hdr(skb)->h_source);
}

/*
 * The gate: a host that does not serve a mobile router neither answers its
 * guests nor forwards for them.
 */
static unsigned int nemo_port_hook(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct nemo_port *port = priv;
	struct nemo_attachment *att = port->att;
	struct nemo_mr *mr;

	if (!READ_ONCE(port->guests))
		return NF_ACCEPT;
	mr = nemo_port_router(att, skb);
	if (!mr || nemo_port_own_frame(mr, skb))
		return atomic_read(&att->serving) ? NF_ACCEPT : NF_DROP;
	nemo_mr_frame(mr, port);
	return READ_ONCE(mr->state) == NEMO_MR_STATE_STANDBY ? NF_DROP :
							      nemo_early_frame(&port->early, skb);
}

/* Ports ------------------------------------------------------------------ */

static bool nemo_port_excluded(const struct nemo_attachment *att,
			       const struct net_device *dev)
{
	const struct nemo_mr *mr;
	int i;

	list_for_each_entry(mr, &att->routers, att_list)
		for (i = 0; i < mr->match.nexcludes; i++)
			if (!strcmp(mr->match.exclude[i], dev->name))
				return true;
	return false;
}

/*
 * Room for the outer header, so that no frame has to be copied for it. The bridge
 * may want more, where another port is a tunnel, and says so to a new port after it has
 * told of it. So this is said again when the port comes up.
 */
static void nemo_port_room(const struct nemo_port *port, int ours)
{
	const struct net_device *master;
	int room = -1;

	ASSERT_RTNL();
	master = netdev_master_upper_dev_get(port->dev);
	if (master && netif_is_bridge_master(master))
		room = master->needed_headroom;
	netdev_set_rx_headroom(port->dev, max(room, ours));
}

static void nemo_port_look(struct nemo_port *port)
{
	bool ready = nemo_dev_can_send(port->dev);

	WRITE_ONCE(port->ready, ready);
	/* only a bridge takes nothing from what is not ready */
	if (port->dev != port->att->dev)
		nemo_early_look(&port->early, ready);
	nemo_port_room(port, port->att->nd->tunnel.dev->needed_headroom);
}

static int nemo_port_add(struct nemo_attachment *att, struct net_device *dev, bool ready)
{
	struct nemo_port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	int err;

	ASSERT_RTNL();
	if (!port)
		return -ENOMEM;
	port->att = att;
	port->dev = dev;
	port->guests = !nemo_port_excluded(att, dev);
	port->ready = ready;
	port->since = jiffies;
	nemo_early_init(&port->early, &att->nd->held, ready || dev == att->dev);
	port->ops.hook = nemo_port_hook;
	port->ops.priv = port;
	port->ops.dev = dev;
	port->ops.pf = NFPROTO_NETDEV;
	port->ops.hooknum = NF_NETDEV_INGRESS;
	err = nf_register_net_hook(dev_net(dev), &port->ops);
	if (err) {
		kfree(port);
		return err;
	}
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	nemo_port_room(port, att->nd->tunnel.dev->needed_headroom);
	list_add_tail(&port->list, &att->ports);
	return 0;
}

static void nemo_port_del(struct nemo_port *port)
{
	ASSERT_RTNL();
	list_del(&port->list);
	nemo_port_room(port, -1);
	nf_unregister_net_hook(dev_net(port->dev), &port->ops);
	nemo_early_end(&port->early);
	netdev_put(port->dev, &port->tracker);
	kfree_rcu(port, rcu);
}

static struct nemo_port *nemo_port_find(struct nemo_attachment *att,
					const struct net_device *dev)
{
	struct nemo_port *port;

	list_for_each_entry(port, &att->ports, list)
		if (port->dev == dev)
			return port;
	return NULL;
}

static int nemo_ports_add(struct nemo_attachment *att)
{
	struct net_device *port;
	struct list_head *iter;
	int err = 0;

	if (!netif_is_bridge_master(att->dev))
		return nemo_port_add(att, att->dev, nemo_dev_can_send(att->dev));
	netdev_for_each_lower_dev(att->dev, port, iter) {
		err = nemo_port_add(att, port, nemo_dev_can_send(port));
		if (err)
			break;
	}
	return err;
}

static void nemo_ports_del(struct nemo_attachment *att)
{
	struct nemo_port *port, *tmp;

	list_for_each_entry_safe(port, tmp, &att->ports, list)
		nemo_port_del(port);
}

/* Attachments ------------------------------------------------------------ */

/* Delivers what waited for a port, or for the attachment itself. */
static void nemo_attachment_look(struct nemo_attachment *att)
{
	struct nemo_mr *mr;

	ASSERT_RTNL();
	list_for_each_entry(mr, &att->routers, att_list)
		nemo_mr_look(mr);
}

/* A bridge enables a port that has its carrier already later than it tells of it. */
static void nemo_attachment_look_work(struct work_struct *work)
{
	struct nemo_attachment *att = container_of(work, struct nemo_attachment, look);
	struct nemo_port *port;

	rtnl_lock();
	list_for_each_entry(port, &att->ports, list)
		nemo_port_look(port);
	nemo_attachment_look(att);
	rtnl_unlock();
}

/* No frame looks into the table of guests any more. */
static void nemo_attachment_free_work(struct work_struct *work)
{
	struct nemo_attachment *att = container_of(to_rcu_work(work),
						   struct nemo_attachment, free);

	cancel_work_sync(&att->look);
	rhashtable_destroy(&att->guests);
	kfree(att);
}

static void nemo_attachment_free(struct nemo_attachment *att)
{
	list_del(&att->list);
	nemo_ports_del(att);
	netdev_put(att->dev, &att->tracker);
	INIT_RCU_WORK(&att->free, nemo_attachment_free_work);
	queue_rcu_work(nemo_mr_wq, &att->free);
}

static struct nemo_attachment *nemo_attachment_new(struct nemo_mr_dev *nd,
						   struct net_device *dev)
{
	struct nemo_attachment *att = kzalloc(sizeof(*att), GFP_KERNEL);
	int err = -ENOMEM;

	if (!att)
		return ERR_PTR(err);
	INIT_LIST_HEAD(&att->ports);
	INIT_LIST_HEAD(&att->routers);
	INIT_WORK(&att->look, nemo_attachment_look_work);
	err = nemo_guests_init(&att->guests);
	if (err) {
		kfree(att);
		return ERR_PTR(err);
	}
	att->nd = nd;
	att->dev = dev;
	att->ifindex = dev->ifindex;
	netdev_hold(dev, &att->tracker, GFP_KERNEL);
	list_add_tail(&att->list, &nd->attachments);
	err = nemo_ports_add(att);
	if (err) {
		nemo_attachment_free(att);
		return ERR_PTR(err);
	}
	return att;
}

static struct nemo_attachment *nemo_attachment_get(struct nemo_mr_dev *nd,
						   u32 ifindex,
						   struct netlink_ext_ack *extack)
{
	struct nemo_attachment *att;
	struct net_device *dev;

	ASSERT_RTNL();
	list_for_each_entry(att, &nd->attachments, list)
		if (att->ifindex == ifindex)
			return att;
	dev = __dev_get_by_index(nd->tunnel.net, ifindex);
	if (!dev) {
		NL_SET_ERR_MSG(extack, "no such attachment in this network namespace");
		return ERR_PTR(-ENODEV);
	}
	if (dev->type != ARPHRD_ETHER || dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "an attachment must be Ethernet, as a bridge is");
		return ERR_PTR(-EINVAL);
	}
	return nemo_attachment_new(nd, dev);
}

/* What follows from the mobile routers on an attachment. */
static void nemo_attachment_refresh(struct nemo_attachment *att)
{
	struct nemo_mr *only = NULL;
	struct nemo_port *port;

	if (list_is_singular(&att->routers))
		only = list_first_entry(&att->routers, struct nemo_mr, att_list);
	rcu_assign_pointer(att->only, only);
	list_for_each_entry(port, &att->ports, list)
		WRITE_ONCE(port->guests, !nemo_port_excluded(att, port->dev));
}

static void nemo_attach_set(struct nemo_mr *mr, struct nemo_attachment *att)
{
	int serves;

	spin_lock_bh(&mr->lock);
	serves = nemo_mr_serves(mr->state);
	if (mr->att)
		nemo_attach_serving(mr->att, -serves);
	WRITE_ONCE(mr->att, att);
	if (att)
		nemo_attach_serving(att, serves);
	spin_unlock_bh(&mr->lock);
}

/**
 * nemo_detach() - untie a mobile router
 * @mr: mobile router
 *
 * The last one takes the attachment with it. Context: RTNL.
 */
void nemo_detach(struct nemo_mr *mr)
{
	struct nemo_attachment *att = mr->att;

	ASSERT_RTNL();
	if (!att)
		return;
	nemo_guests_del(&att->guests, mr, &mr->match, NULL);
	list_del(&mr->att_list);
	nemo_attach_set(mr, NULL);
	if (list_empty(&att->routers)) {
		RCU_INIT_POINTER(att->only, NULL);
		nemo_attachment_free(att);
	} else {
		nemo_attachment_refresh(att);
	}
}

static void nemo_match_merge(struct nemo_mr_match *match, const struct nemo_mr_conf *conf)
{
	if (conf->has & NEMO_HAS_GUEST) {
		memcpy(match->guest, conf->match.guest, sizeof(match->guest));
		match->nguests = conf->match.nguests;
	}
	if (conf->has & NEMO_HAS_EXCLUDE) {
		memcpy(match->exclude, conf->match.exclude, sizeof(match->exclude));
		match->nexcludes = conf->match.nexcludes;
	}
}

/* Frames look at the number alone: are there any? */
static void nemo_match_set(struct nemo_mr *mr, const struct nemo_mr_match *match)
{
	memcpy(mr->match.guest, match->guest, sizeof(match->guest));
	memcpy(mr->match.exclude, match->exclude, sizeof(match->exclude));
	mr->match.nexcludes = match->nexcludes;
	WRITE_ONCE(mr->match.nguests, match->nguests);
}

/**
 * nemo_attach() - tie a mobile router to an interface, say how its guests are known
 * @mr: mobile router
 * @conf: request with an attachment (an index, 0 for none), guests or excluded ports
 * @extack: says what is wrong
 *
 * A guest that stays is never missing for a frame. Context: RTNL.
 * Return: 0, -ENODEV, -EINVAL, -EEXIST or -ENOMEM; then nothing has changed.
 */
int nemo_attach(struct nemo_mr *mr, const struct nemo_mr_conf *conf,
		struct netlink_ext_ack *extack)
{
	struct nemo_mr_match old = mr->match, match = old;
	struct nemo_attachment *att = mr->att;
	bool moves;
	int err;

	moves = conf->has & NEMO_HAS_ATTACHMENT &&
		conf->attachment != nemo_attach_ifindex(att);
	if (moves)
		att = conf->attachment ?
		      nemo_attachment_get(mr->nd, conf->attachment, extack) : NULL;
	if (IS_ERR(att))
		return PTR_ERR(att);
	nemo_match_merge(&match, conf);
	err = att ? nemo_guests_add(&att->guests, mr, &match, moves ? NULL : &old, extack) :
		    0;
	if (err) {
		if (list_empty(&att->routers))
			nemo_attachment_free(att);
		return err;
	}

	if (moves)
		nemo_detach(mr);
	nemo_match_set(mr, &match);
	if (!att)
		return 0;
	if (moves) {
		nemo_attach_set(mr, att);
		list_add_tail(&mr->att_list, &att->routers);
	} else {
		nemo_guests_del(&att->guests, mr, &old, &match);
	}
	nemo_attachment_refresh(att);
	return 0;
}

/* Devices come and go ---------------------------------------------------- */

/* Is this port the last that the guests of a mobile router can be reached by? */
static bool nemo_port_is_last(const struct nemo_port *port, const struct nemo_mr *mr)
{
	const struct nemo_port *other;

	if (mr->match.nguests == 1 && READ_ONCE(mr->last_port) == nemo_port_ifindex(port))
		return true;
	list_for_each_entry(other, &port->att->ports, list)
		if (other != port && other->guests && netif_running(other->dev))
			return false;
	return true;
}

/* From now on it takes no packet. */
static void nemo_port_gone(const struct nemo_port *port)
{
	struct nemo_mr *mr;

	if (!port->guests)
		return;
	list_for_each_entry(mr, &port->att->routers, att_list)
		if (nemo_port_is_last(port, mr))
			nemo_mr_port_gone(mr);
}

static void nemo_attachment_gone(struct nemo_attachment *att)
{
	struct nemo_mr *mr;
	bool last;

	do {
		mr = list_first_entry(&att->routers, struct nemo_mr, att_list);
		last = list_is_singular(&att->routers);
		nemo_detach(mr);	/* the last one frees att */
		nemo_tunnel_changed(&mr->nd->tunnel);
		nemo_mr_notify_state(mr, mr->state, NEMO_MR_REASON_ATTACHMENT_GONE);
	} while (!last);
}

static void nemo_port_linked(struct nemo_attachment *att, struct net_device *dev)
{
	if (nemo_port_add(att, dev, false))
		netdev_warn(dev, "nemo_mr cannot watch the guests behind it\n");
	else if (nemo_dev_can_send(dev))
		queue_work(nemo_mr_wq, &att->look);
}

static void nemo_port_unlinked(struct nemo_port *port)
{
	nemo_port_gone(port);
	nemo_port_del(port);
}

static void nemo_attachment_event(struct nemo_attachment *att,
				  unsigned long event, struct net_device *dev,
				  void *ptr)
{
	struct netdev_notifier_changeupper_info *info = ptr;
	struct nemo_port *port = nemo_port_find(att, dev);

	switch (event) {
	case NETDEV_GOING_DOWN:
		if (port)
			nemo_port_gone(port);
		break;
	case NETDEV_UP:
		if (port)
			WRITE_ONCE(port->since, jiffies);
		fallthrough;
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		if (port)
			nemo_port_look(port);
		if (port || dev == att->dev)
			nemo_attachment_look(att);
		break;
	case NETDEV_UNREGISTER:
		if (dev == att->dev)
			nemo_attachment_gone(att);
		else if (port)
			nemo_port_del(port);
		break;
	case NETDEV_CHANGEUPPER:
		/* of no bridge, what is below is not what guests speak by */
		if (info->upper_dev != att->dev || !netif_is_bridge_master(att->dev))
			break;
		if (info->linking && !port)
			nemo_port_linked(att, dev);
		else if (!info->linking && port)
			nemo_port_unlinked(port);
		break;
	case NETDEV_CHANGENAME:
		if (port)
			nemo_attachment_refresh(att);
		break;
	}
}

static int nemo_attach_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nemo_net *nn = nemo_net_get(dev_net(dev));
	struct nemo_attachment *att, *tmp;
	struct nemo_mr_dev *nd;

	/* each event concerns an attachment in at most one way */
	list_for_each_entry(nd, &nn->tunnels, tunnel.list)
		list_for_each_entry_safe(att, tmp, &nd->attachments, list)
			nemo_attachment_event(att, event, dev, ptr);
	return NOTIFY_DONE;
}

static struct notifier_block nemo_attach_nb = {
	.notifier_call = nemo_attach_event,
	/* a bridge has heard of its port before us */
	.priority = -1,
};

int nemo_attach_register(void)
{
	return register_netdevice_notifier(&nemo_attach_nb);
}

void nemo_attach_unregister(void)
{
	unregister_netdevice_notifier(&nemo_attach_nb);
}
