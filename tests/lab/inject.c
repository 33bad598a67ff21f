// SPDX-License-Identifier: GPL-2.0
/*
 * inject - send one crafted packet: IPv6, perhaps in IPv6, with a UDP datagram in it.
 *
 *   inject [-o SRC DST CLASS] [-e LIMIT] [-b] SRC DST CLASS
 *
 * CLASS is the traffic class (its lowest two bits are ECN). -o puts an outer header
 * around it, -e a tunnel encapsulation limit option (RFC 2473 section 4.1.1) into
 * the inner packet; -b makes the inner header claim more octets than there are. The datagram goes to the discard port. Routed as the namespace
 * routes, whoever's address SRC is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct packet {
	uint8_t data[256];
	size_t start;		/* headers are put in front */
};

static void *push(struct packet *p, size_t n)
{
	p->start -= n;
	return memset(p->data + p->start, 0, n);
}

static size_t length(const struct packet *p)
{
	return sizeof(p->data) - p->start;
}

static struct in6_addr address(const char *text)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1) {
		fprintf(stderr, "inject: not an IPv6 address: %s\n", text);
		exit(2);
	}
	return a;
}

static uint16_t checksum(const struct in6_addr *src, const struct in6_addr *dst,
			 const uint8_t *data, size_t len)
{
	const uint8_t *part[] = { src->s6_addr, dst->s6_addr, data };
	const size_t size[] = { 16, 16, len };
	uint32_t sum = len + IPPROTO_UDP;

	for (int i = 0; i < 3; i++)
		for (size_t k = 0; k < size[i]; k++)
			sum += part[i][k] << (k & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

static void push_ip6(struct packet *p, char **argv, uint8_t next)
{
	size_t len = length(p);
	struct ip6_hdr *h = push(p, sizeof(*h));

	h->ip6_flow = htonl(6u << 28 | strtoul(argv[2], NULL, 0) << 20);
	h->ip6_plen = htons(len);
	h->ip6_nxt = next;
	h->ip6_hlim = 64;
	h->ip6_src = address(argv[0]);
	h->ip6_dst = address(argv[1]);
}

static void push_udp(struct packet *p, char **argv)
{
	struct in6_addr src = address(argv[0]), dst = address(argv[1]);
	struct udphdr *udp;

	memcpy(push(p, 8), "inject\n", 8);
	udp = push(p, sizeof(*udp));
	udp->source = htons(9009);
	udp->dest = htons(9);
	udp->len = htons(length(p));
	udp->check = checksum(&src, &dst, (uint8_t *)udp, length(p));
}

static void push_limit(struct packet *p, const char *limit)
{
	uint8_t *opt = push(p, 8);

	opt[0] = IPPROTO_UDP;
	opt[2] = 4;		/* tunnel encapsulation limit */
	opt[3] = 1;
	opt[4] = strtoul(limit, NULL, 0);
	opt[5] = 1;		/* PadN */
	opt[6] = 1;
}

static int transmit(const struct packet *p)
{
	const struct ip6_hdr *h = (const void *)(p->data + p->start);
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = h->ip6_dst };
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);

	if (fd < 0 || sendto(fd, h, length(p), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
		fprintf(stderr, "inject: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct packet p = { .start = sizeof(p.data) };
	char **outer = NULL, *limit = NULL;
	bool bad = false;
	int i = 1;

	if (argc - i > 4 && !strcmp(argv[i], "-o")) {
		outer = argv + i + 1;
		i += 4;
	}
	if (argc - i > 2 && !strcmp(argv[i], "-e")) {
		limit = argv[i + 1];
		i += 2;
	}
	if (argc - i > 1 && !strcmp(argv[i], "-b")) {
		bad = true;
		i++;
	}
	if (argc - i != 3) {
		fprintf(stderr, "usage: inject [-o SRC DST CLASS] [-e LIMIT] [-b] SRC DST CLASS\n");
		return 2;
	}
	push_udp(&p, argv + i);
	if (limit)
		push_limit(&p, limit);
	push_ip6(&p, argv + i, limit ? IPPROTO_DSTOPTS : IPPROTO_UDP);
	if (bad)
		((struct ip6_hdr *)(p.data + p.start))->ip6_plen = htons(length(&p));
	if (outer)
		push_ip6(&p, outer, IPPROTO_IPV6);
	return transmit(&p);
}
