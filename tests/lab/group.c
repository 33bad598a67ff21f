// SPDX-License-Identifier: GPL-2.0
/*
 * group - many guests behind one interface, and their correspondent.
 *
 *   group guests IFACE N PPS LOG   plays guests 1 to N of lab.sh, whole frames
 *   group cn N PPS LOG             is what they talk to
 *
 * Each sends every guest's numbered datagrams, PPS a second for each guest, to the other,
 * until SIGTERM; SIGUSR1 ends the sending only. The guests answer Neighbour Solicitations;
 * cn speaks only to those that it has heard.
 * LOG has a line for each guest: its number, how many datagrams were sent for it, how many
 * different ones have come, how many came twice, how many came behind a newer one.
 *
 * One that was stopped does not make up for the time, as a paused guest does not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NSEC 1000000000LL
#define PORT 5003
#define MOST 255
#define NUMBERS 65536

struct datagram {
	uint32_t guest, number;
};

static struct guest {
	uint32_t sent, newest;
	uint32_t received, doubled, late;
	uint8_t seen[NUMBERS / 8];
} guests[MOST + 1];

static volatile sig_atomic_t stop, quiet;
static int sock, count;

static void on_signal(int sig)
{
	quiet = 1;
	stop = sig == SIGTERM;
}

static void die(const char *what)
{
	fprintf(stderr, "group: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC + t.tv_nsec;
}

static void arrived(struct datagram d)
{
	uint32_t n = ntohl(d.number), i = ntohl(d.guest);
	struct guest *g = &guests[i <= MOST ? i : 0];

	if (n >= NUMBERS)
		return;
	if (g->seen[n / 8] & 1 << n % 8) {
		g->doubled++;
		return;
	}
	g->seen[n / 8] |= 1 << n % 8;
	g->received++;
	if (n < g->newest)
		g->late++;
	else
		g->newest = n;
}

static struct datagram next(uint32_t i)
{
	return (struct datagram){ htonl(i), htonl(++guests[i].sent) };
}

/* Addresses, as lab.sh gives them --------------------------------------------- */

static const struct in6_addr correspondent = {
	.s6_addr = { 0x20, 1, 0xd, 0xb8, 0, 0xc, [15] = 0x10 }
};

static struct in6_addr address(uint8_t i)
{
	return (struct in6_addr){ .s6_addr = {
		0x20, 1, 0xd, 0xb8, 1, 0, 0, i, 0x50, 0x54, 0, 0xff, 0xfe, 0, 0, i
	} };
}

/* Which guest has it? 0 for none. */
static uint8_t whose(struct in6_addr a)
{
	uint8_t i = a.s6_addr[15];
	struct in6_addr want = address(i);

	return IN6_ARE_ADDR_EQUAL(&a, &want) && i <= count ? i : 0;
}

/* Frames ------------------------------------------------------------------------ */

struct frame {
	struct ethhdr eth;
	struct ip6_hdr ip6;
	union {
		struct {
			struct udphdr udp;
			struct datagram datagram;
		};
		struct {
			struct nd_neighbor_advert na;	/* as long as a solicitation */
			struct nd_opt_hdr opt;
			uint8_t mac[ETH_ALEN];
		};
		uint8_t room[1500];
	};
} __attribute__((packed));

static uint16_t checksum(const struct frame *f)
{
	const uint8_t *p = (const uint8_t *)&f->ip6.ip6_src;
	size_t len = 32 + ntohs(f->ip6.ip6_plen);
	uint32_t sum = ntohs(f->ip6.ip6_plen) + f->ip6.ip6_nxt;

	for (size_t i = 0; i < len; i++)
		sum += p[i] << (i & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

/* A frame of guest @from; its payload and destination are the caller's. */
static void finish(struct frame *f, uint8_t from, uint8_t proto, uint16_t len)
{
	static const uint8_t mac[ETH_ALEN] = { 0x52, 0x54 };

	memcpy(f->eth.h_source, mac, sizeof(mac));
	f->eth.h_source[ETH_ALEN - 1] = from;
	f->eth.h_proto = htons(ETH_P_IPV6);
	f->ip6.ip6_flow = htonl(6U << 28);
	f->ip6.ip6_plen = htons(len);
	f->ip6.ip6_nxt = proto;
	f->ip6.ip6_hlim = 255;
	f->ip6.ip6_src = address(from);
}

static void transmit(const struct frame *f)
{
	size_t len = sizeof(f->eth) + sizeof(f->ip6) + ntohs(f->ip6.ip6_plen);

	/* without a carrier it is lost, as a guest's is */
	if (send(sock, f, len, 0) < 0 && errno != ENETDOWN && errno != ENOBUFS)
		die("send");
}

static void speak(uint8_t i)
{
	static const uint8_t gateway[ETH_ALEN] = { 2, 0, 0x5e, 0, 1, 0xfe };
	struct frame f = { .udp = {
		.source = htons(PORT), .dest = htons(PORT),
		.len = htons(sizeof(f.udp) + sizeof(f.datagram)),
	} };

	memcpy(f.eth.h_dest, gateway, sizeof(gateway));
	f.datagram = next(i);
	finish(&f, i, IPPROTO_UDP, sizeof(f.udp) + sizeof(f.datagram));
	f.ip6.ip6_dst = correspondent;
	f.udp.check = checksum(&f);
	transmit(&f);
}

static void solicited(const struct frame *ns)
{
	uint8_t i = whose(ns->na.nd_na_target);
	struct frame f = { .na = {
		.nd_na_hdr = { .icmp6_type = ND_NEIGHBOR_ADVERT },
		.nd_na_target = ns->na.nd_na_target,
	} };

	if (!i || IN6_IS_ADDR_UNSPECIFIED(&ns->ip6.ip6_src))
		return;
	memcpy(f.eth.h_dest, ns->eth.h_source, ETH_ALEN);
	finish(&f, i, IPPROTO_ICMPV6, sizeof(f.na) + 8);
	f.ip6.ip6_dst = ns->ip6.ip6_src;
	f.na.nd_na_flags_reserved = ND_NA_FLAG_SOLICITED | ND_NA_FLAG_OVERRIDE;
	f.opt = (struct nd_opt_hdr){ ND_OPT_TARGET_LINKADDR, 1 };
	memcpy(f.mac, f.eth.h_source, ETH_ALEN);
	f.na.nd_na_cksum = checksum(&f);
	transmit(&f);
}

static void take_frame(void)
{
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	struct frame f;
	ssize_t len = recvfrom(sock, &f, sizeof(f), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &size);

	if (len < (ssize_t)(sizeof(f.eth) + sizeof(f.ip6) + sizeof(f.udp) + sizeof(f.datagram)) ||
	    from.sll_pkttype == PACKET_OUTGOING)
		return;
	if (f.ip6.ip6_nxt == IPPROTO_UDP && f.udp.dest == htons(PORT) && whose(f.ip6.ip6_dst))
		arrived(f.datagram);
	else if (f.ip6.ip6_nxt == IPPROTO_ICMPV6 && f.na.nd_na_type == ND_NEIGHBOR_SOLICIT)
		solicited(&f);
}

static void open_guests(const char *name)
{
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = if_nametoindex(name),
	};

	sock = socket(AF_PACKET, SOCK_RAW, 0);
	if (sock < 0 || bind(sock, (struct sockaddr *)&sll, sizeof(sll)))
		die(name);
}

/* The correspondent --------------------------------------------------------------- */

static void tell(uint8_t i)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = address(i),
	};
	struct datagram d;

	if (!guests[i].received)
		return;
	d = next(i);
	/* an ICMPv6 error of an earlier one is no end */
	sendto(sock, &d, sizeof(d), 0, (struct sockaddr *)&to, sizeof(to));
}

static void take_datagram(void)
{
	struct datagram d;

	if (recv(sock, &d, sizeof(d), MSG_DONTWAIT) == sizeof(d))
		arrived(d);
}

static void open_cn(void)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };

	sock = socket(AF_INET6, SOCK_DGRAM, 0);
	if (sock < 0 || bind(sock, (struct sockaddr *)&sa, sizeof(sa)))
		die("port");
}

/* Round and round; with a receive buffer for the time that others have the CPU. */
static void run(int pps, void (*say)(uint8_t i), void (*take)(void))
{
	int64_t interval = NSEC / (pps * count), due = now() + interval;
	int buffer = 8 << 20;
	uint8_t i = 0;

	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
	while (!stop) {
		struct pollfd p = { sock, POLLIN, 0 };
		int64_t left = due - now();
		struct timespec t = { 0, quiet ? NSEC / 10 : left > 0 ? left : 0 };

		if (ppoll(&p, 1, &t, NULL) > 0)
			take();
		if (quiet || now() < due)
			continue;
		say(i = i % count + 1);
		due += interval;
		if (due < now())
			due = now() + interval;
	}
}

static void report(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		die(path);
	for (int i = 1; i <= count; i++)
		fprintf(f, "%d %u %u %u %u\n", i, guests[i].sent, guests[i].received,
			guests[i].doubled, guests[i].late);
	if (fclose(f))
		die(path);
}

int main(int argc, char **argv)
{
	bool cn = argc == 5 && !strcmp(argv[1], "cn");

	if (!cn && (argc != 6 || strcmp(argv[1], "guests"))) {
		fprintf(stderr, "usage: group guests IFACE N PPS LOG | cn N PPS LOG\n");
		return 2;
	}
	signal(SIGTERM, on_signal);
	signal(SIGUSR1, on_signal);
	count = atoi(argv[argc - 3]);
	if (cn)
		open_cn();
	else
		open_guests(argv[2]);
	if (count < 1 || count > MOST)
		return 2;
	run(atoi(argv[argc - 2]), cn ? tell : speak, cn ? take_datagram : take_frame);
	report(argv[argc - 1]);
	return 0;
}
