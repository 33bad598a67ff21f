// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"
#include "ra.h"

/* RFC 4861 §6.2.1 and §10: seconds, where no unit stands. */
#define MIN_RTR_ADV_INTERVAL		198
#define MAX_RTR_ADV_INTERVAL		600
#define ADV_DEFAULT_LIFETIME		1800
#define ADV_VALID_LIFETIME		2592000
#define ADV_PREFERRED_LIFETIME		604800
#define MAX_INITIAL_RTR_ADV_INTERVAL	16
#define MAX_INITIAL_RTR_ADVERTISEMENTS	3
#define MIN_DELAY_BETWEEN_RAS		3
#define MAX_RA_DELAY_MS			500

/* An advertisement as the guests get it. */
struct ra_packet {
	struct ip6_hdr ip6;
	struct nd_router_advert ra;
	uint8_t slla[8];
	struct nd_opt_mtu mtu;
	struct nd_opt_prefix_info prefix[NEMO_MR_PREFIX_MAX];
};

static uint16_t icmp6_checksum(const struct ip6_hdr *ip6, const uint8_t *data,
			       size_t len)
{
	const uint8_t *addrs = (const uint8_t *)&ip6->ip6_src;
	uint32_t sum = len + IPPROTO_ICMPV6;

	for (size_t i = 0; i < 32; i += 2)
		sum += addrs[i] << 8 | addrs[i + 1];
	for (size_t i = 0; i < len; i += 2)	/* options: always even */
		sum += data[i] << 8 | data[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static size_t build(const struct mr *mr, struct ra_packet *p)
{
	const struct nemo_conf_mr *conf = mr->conf;
	size_t len = offsetof(struct ra_packet, prefix) - sizeof(p->ip6) +
		     conf->mnps * sizeof(p->prefix[0]);

	memset(p, 0, sizeof(*p));
	p->ip6.ip6_flow = htonl(6 << 28);
	p->ip6.ip6_plen = htons(len);
	p->ip6.ip6_nxt = IPPROTO_ICMPV6;
	p->ip6.ip6_hlim = 255;
	p->ip6.ip6_src = (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = 1 } };
	p->ip6.ip6_dst = (struct in6_addr){ .s6_addr = { 0xff, 0x02, [15] = 1 } };
	p->ra.nd_ra_type = ND_ROUTER_ADVERT;
	p->ra.nd_ra_curhoplimit = 64;
	p->ra.nd_ra_router_lifetime = htons(ADV_DEFAULT_LIFETIME);
	p->slla[0] = ND_OPT_SOURCE_LINKADDR;
	p->slla[1] = 1;
	memcpy(p->slla + 2, mr->host->conf->host.gateway_mac, 6);
	p->mtu.nd_opt_mtu_type = ND_OPT_MTU;
	p->mtu.nd_opt_mtu_len = 1;
	p->mtu.nd_opt_mtu_mtu = htonl(conf->mtu);
	for (unsigned int i = 0; i < conf->mnps; i++) {
		struct nd_opt_prefix_info *o = &p->prefix[i];

		o->nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION;
		o->nd_opt_pi_len = 4;
		o->nd_opt_pi_prefix_len = conf->mnp[i].len;
		o->nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK |
					      ND_OPT_PI_FLAG_AUTO;
		o->nd_opt_pi_valid_time = htonl(ADV_VALID_LIFETIME);
		o->nd_opt_pi_preferred_time = htonl(ADV_PREFERRED_LIFETIME);
		o->nd_opt_pi_prefix = conf->mnp[i].addr;
	}
	p->ra.nd_ra_cksum = icmp6_checksum(&p->ip6, (uint8_t *)&p->ra, len);
	return sizeof(p->ip6) + len;
}

static void transmit(struct mr *mr, const struct ra_packet *p, size_t len,
		     const uint8_t mac[6])
{
	struct ra_socket *s = &mr->host->ra;
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = mr->attachment,
		.sll_halen = 6,
	};

	memcpy(to.sll_addr, mac, 6);
	if (sendto(s->out, p, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		log_warn("%s: cannot send a Router Advertisement on %s: %s",
			 mr->conf->name, mr->conf->attachment, strerror(errno));
	else
		s->sent++;
}

/*
 * Where the guests are known, each gets its own frame (RFC 6085): guests of
 * other mobile routers on the same bridge must not learn the prefix.
 */
static void advertise(struct mr *mr)
{
	static const uint8_t all_nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct ra_packet p;
	size_t len = build(mr, &p);

	if (!mr->conf->guests)
		transmit(mr, &p, len, all_nodes);
	for (unsigned int i = 0; i < mr->conf->guests; i++)
		transmit(mr, &p, len, mr->conf->guest[i]);
	mr->ra.sent_at = clock_monotonic();
}

static void set_timer(struct ra *ra, uint64_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(ra->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct mr *mr = arg;
	uint64_t ms = MIN_RTR_ADV_INTERVAL * 1000 +
		      arc4random_uniform((MAX_RTR_ADV_INTERVAL -
					  MIN_RTR_ADV_INTERVAL) * 1000);

	(void)fd;
	(void)what;
	if (!mr->attachment)
		return;
	advertise(mr);
	if (mr->ra.initial) {
		mr->ra.initial--;
		ms = MAX_INITIAL_RTR_ADV_INTERVAL * 1000;
	}
	set_timer(&mr->ra, ms);
}

int ra_init(struct mr *mr)
{
	mr->ra = (struct ra){
		.timer = event_new(mr->host->base, -1, 0, on_timer, mr),
	};
	return mr->ra.timer ? 0 : -ENOMEM;
}

void ra_free(struct mr *mr)
{
	if (mr->ra.timer)
		event_free(mr->ra.timer);
}

void ra_serve(struct mr *mr, bool serve)
{
	if (serve == mr->ra.on)
		return;
	mr->ra.on = serve;
	if (!serve) {
		event_del(mr->ra.timer);
		return;
	}
	/*
	 * At once: the solicitation of a guest that starts here may have been
	 * the very frame that activated.
	 */
	mr->ra.initial = MAX_INITIAL_RTR_ADVERTISEMENTS - 1;
	set_timer(&mr->ra, 0);
}

/* §6.2.6: after a random delay, and not too soon after the last one. */
static void solicited(struct mr *mr)
{
	uint64_t ms = arc4random_uniform(MAX_RA_DELAY_MS);
	uint64_t age = (clock_monotonic() - mr->ra.sent_at) / 1000000;

	mr->host->ra.solicited++;
	if (mr->ra.sent_at && age < MIN_DELAY_BETWEEN_RAS * 1000)
		ms += MIN_DELAY_BETWEEN_RAS * 1000 - age;
	set_timer(&mr->ra, ms);
}

static void on_solicitation(struct host *host, uint32_t ifindex)
{
	for (unsigned int i = 0; i < host->mrs; i++)
		if (host->mr[i]->ra.on && host->mr[i]->attachment == ifindex)
			solicited(host->mr[i]);
}

/* RFC 4443 §3.1: the packet that did not arrive stands behind 8 octets. */
static void on_unreachable(struct host *host, const uint8_t *data, size_t len)
{
	const struct ip6_hdr *ip6 = (const void *)(data + 8);

	if (len < 8 + sizeof(*ip6) || data[1] != ICMP6_DST_UNREACH_NOPORT ||
	    memcmp(&ip6->ip6_src, &host->coa, sizeof(host->coa)))
		return;
	host_unreachable(host, &ip6->ip6_dst);
}

/* The interface that a packet came by; 0 unless its hop limit is 255. */
static uint32_t arrived_on_link(struct msghdr *hdr)
{
	uint32_t ifindex = 0;
	int hops = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(hdr); c; c = CMSG_NXTHDR(hdr, c)) {
		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_PKTINFO)
			ifindex = ((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_ifindex;
		if (c->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	}
	return hops == 255 ? ifindex : 0;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ra_socket *s = arg;
	uint8_t data[1280], control[256];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr hdr = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len;

	(void)what;
	len = recvmsg(fd, &hdr, 0);
	if (len < (ssize_t)sizeof(struct icmp6_hdr))
		return;
	if (data[0] == ICMP6_DST_UNREACH)
		on_unreachable(s->host, data, len);
	else if (data[0] == ND_ROUTER_SOLICIT)
		on_solicitation(s->host, arrived_on_link(&hdr));
}

static int open_in(void)
{
	static const int on = 1;
	struct icmp6_filter filter;
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			IPPROTO_ICMPV6);

	if (fd < 0)
		return -errno;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &filter);
	setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on));
	return fd;
}

int ra_open(struct ra_socket *s, struct host *host)
{
	s->host = host;
	s->in = open_in();
	/* Protocol 0: to send only. */
	s->out = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->in < 0 || s->out < 0) {
		log_err("cannot open the sockets for Router Advertisements: %s",
			strerror(errno));
		return -errno;
	}
	s->event = event_new(host->base, s->in, EV_READ | EV_PERSIST,
			     on_readable, s);
	if (!s->event || event_add(s->event, NULL))
		return -ENOMEM;
	return 0;
}

void ra_close(struct ra_socket *s)
{
	if (s->event)
		event_free(s->event);
	if (s->in > 0)
		close(s->in);
	if (s->out > 0)
		close(s->out);
}

void ra_attach(struct mr *mr)
{
	struct ipv6_mreq all_routers = {
		.ipv6mr_multiaddr = { .s6_addr = { 0xff, 0x02, [15] = 2 } },
		.ipv6mr_interface = mr->attachment,
	};

	/* Fails where another mobile router of the attachment has joined. */
	setsockopt(mr->host->ra.in, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP,
		   &all_routers, sizeof(all_routers));
}
