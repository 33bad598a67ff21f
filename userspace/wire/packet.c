// SPDX-License-Identifier: GPL-2.0
/* Complete IPv6 packets around a Mobility Header. */
#include <errno.h>
#include <netinet/ip6.h>
#include <string.h>

#include "bytes.h"
#include "wire.h"

#define IP6_LEN		40
#define EXT_LEN		24	/* either extension header that we use */
#define HOP_LIMIT	64
#define OPT_HAO		0xc9	/* Home Address option, RFC 6275 §6.3 */
#define RT_TYPE2	2	/* RFC 6275 §6.4 */

/**
 * struct envelope - what stands before the Mobility Header
 * @src: of the packet
 * @dst: of the packet
 * @check_src: source for the checksum
 * @check_dst: destination for the checksum
 * @ext_proto: protocol number of @ext
 * @ext: extension header, or NULL
 */
struct envelope {
	const struct in6_addr *src, *dst;
	const struct in6_addr *check_src, *check_dst;
	uint8_t ext_proto;
	const uint8_t *ext;
};

static ssize_t enclose(const struct envelope *env, const void *mh, size_t mhlen,
		       uint8_t *buf, size_t size)
{
	size_t ext_len = env->ext ? EXT_LEN : 0;
	uint8_t *inner = buf + IP6_LEN + ext_len;

	if (mhlen < MH_MIN_LEN || mhlen > MH_MAX_LEN || mhlen % 8)
		return -EINVAL;
	if (size < IP6_LEN + ext_len + mhlen)
		return -ENOBUFS;

	put32(buf, 6U << 28);
	put16(buf + 4, ext_len + mhlen);
	buf[6] = env->ext ? env->ext_proto : IPPROTO_MH;
	buf[7] = HOP_LIMIT;
	memcpy(buf + 8, env->src, 16);
	memcpy(buf + 24, env->dst, 16);
	if (env->ext)
		memcpy(buf + IP6_LEN, env->ext, EXT_LEN);
	memcpy(inner, mh, mhlen);
	mh_set_checksum(inner, mhlen, env->check_src, env->check_dst);
	return IP6_LEN + ext_len + mhlen;
}

ssize_t mh_packet_bu(const void *mh, size_t mhlen, const struct in6_addr *coa,
		     const struct in6_addr *ha, const struct in6_addr *hoa,
		     void *buf, size_t size)
{
	/* PadN of 4 octets brings the option to 8n+6 (RFC 6275 §6.3). */
	uint8_t ext[EXT_LEN] = {
		IPPROTO_MH, EXT_LEN / 8 - 1, IP6OPT_PADN, 2, 0, 0, OPT_HAO, 16,
	};
	struct envelope env = {
		.src = coa, .dst = ha, .check_src = hoa, .check_dst = ha,
		.ext_proto = IPPROTO_DSTOPTS, .ext = ext,
	};

	memcpy(ext + 8, hoa, 16);
	return enclose(&env, mh, mhlen, buf, size);
}

ssize_t mh_packet_ba(const void *mh, size_t mhlen, const struct in6_addr *ha,
		     const struct in6_addr *coa, const struct in6_addr *hoa,
		     void *buf, size_t size)
{
	/* One segment left: the home address is the final destination. */
	uint8_t ext[EXT_LEN] = {
		IPPROTO_MH, EXT_LEN / 8 - 1, RT_TYPE2, 1,
	};
	struct envelope env = {
		.src = ha, .dst = coa, .check_src = ha, .check_dst = hoa,
		.ext_proto = IPPROTO_ROUTING, .ext = ext,
	};

	memcpy(ext + 8, hoa, 16);
	return enclose(&env, mh, mhlen, buf, size);
}

ssize_t mh_packet_plain(const void *mh, size_t mhlen,
			const struct in6_addr *src, const struct in6_addr *dst,
			void *buf, size_t size)
{
	struct envelope env = {
		.src = src, .dst = dst, .check_src = src, .check_dst = dst,
	};

	return enclose(&env, mh, mhlen, buf, size);
}
