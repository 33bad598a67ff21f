/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Mobility Header on the wire (RFC 6275 §6.1, IPv6 next header 135).
 *
 * Pure functions over (buf, len): no I/O, no allocation, no global state. All
 * numbers in the structs are in host byte order; addresses are in network order
 * as always. Times keep the unit of their field, named beside each one.
 *
 * Sending:    fill struct mh_msg, mh_build(), sign it (lib/auth.h), then one of
 *             the mh_packet_*() for a complete IPv6 packet, or mh_set_checksum()
 *             where only the Mobility Header is wanted.
 * Receiving:  mh_parse(), verify (lib/auth.h). A raw MH socket's kernel has
 *             checked the checksum.
 */
#ifndef NEMO_WIRE_H
#define NEMO_WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Octets: 255 units of 8 beyond the first 8 (RFC 6275 §6.1.1). */
#define MH_MIN_LEN		8
#define MH_MAX_LEN		2048
/* Octets that mh_packet_*() put before the Mobility Header, at most. */
#define MH_PACKET_OVERHEAD	(40 + 24)

/* How many of an option one message may carry; more is MH_ERR_TOO_MANY. */
#define MH_MAX_MNP		16
#define MH_MAX_HNP		16
#define MH_MAX_BID		8
#define MH_MAX_VENDOR		40
#define MH_MAX_CTX_REQ		16
/* Unknown options beyond this are counted, but their place is not kept. */
#define MH_MAX_UNKNOWN		8

/* MH types (IANA mobility-parameters). The codec knows those with a comment. */
enum mh_type {
	MH_BRR		= 0,	/* Binding Refresh Request, RFC 6275 §6.1.2 */
	MH_HOTI		= 1,
	MH_COTI		= 2,
	MH_HOT		= 3,
	MH_COT		= 4,
	MH_BU		= 5,	/* Binding Update, §6.1.7, RFC 3963 §4.1 */
	MH_BA		= 6,	/* Binding Acknowledgement, §6.1.8, RFC 3963 §4.2 */
	MH_BE		= 7,	/* Binding Error, §6.1.9 */
	MH_FBU		= 8,
	MH_FBACK	= 9,
	MH_FNA		= 10,
	MH_EXPERIMENTAL	= 11,
	MH_HA_SWITCH	= 12,
	MH_HEARTBEAT	= 13,
	MH_HI		= 14,	/* Handover Initiate, RFC 5568 §6.2.1, RFC 5949 §6.1.1 */
	MH_HACK		= 15,	/* Handover Acknowledge, RFC 5568 §6.2.1, RFC 5949 §6.1.2 */
	MH_BR		= 16,	/* Binding Revocation: BRI and BRA, RFC 5846 §5 */
	MH_LRI		= 17,
	MH_LRA		= 18,
	MH_UPN		= 19,
	MH_UPA		= 20,
	MH_FB		= 21,
	MH_SUB_QUERY	= 22,
	MH_SUB_RESP	= 23,
};

/* Mobility options that the codec knows; all others count as unknown. */
enum mh_opt {
	MH_OPT_PAD1		= 0,
	MH_OPT_PADN		= 1,
	MH_OPT_REFRESH_ADVICE	= 2,	/* RFC 6275 §6.2.4 */
	MH_OPT_ALT_COA		= 3,	/* RFC 6275 §6.2.5 */
	MH_OPT_MNP		= 6,	/* RFC 3963 §4.3 */
	MH_OPT_MN_ID		= 8,	/* RFC 4283 §3 */
	MH_OPT_AUTH		= 9,	/* RFC 4285 §5, subtype MN-HA only */
	MH_OPT_MESG_ID		= 10,	/* RFC 4285 §6 */
	MH_OPT_VENDOR		= 19,	/* RFC 5094 §3 */
	MH_OPT_HNP		= 22,	/* RFC 5213 §8.3 */
	MH_OPT_LINK_LOCAL	= 26,	/* RFC 5213 §8.7 */
	MH_OPT_TIMESTAMP	= 27,	/* RFC 5213 §8.8 */
	MH_OPT_BID		= 35,	/* RFC 5648 §4.1 */
	MH_OPT_CTX_REQ		= 40,	/* RFC 5949 §6.2.1 */
	MH_OPT_LMA		= 41,	/* RFC 5949 §6.2.2; here the home agent's address */
	MH_OPT_MN_LLA_IID	= 42,	/* RFC 5949 §6.2.3 */
	MH_OPT_TRANSIENT	= 43,	/* RFC 6058 */
};

/* Binding Update flags, 16 bits. */
#define MH_BU_A		0x8000	/* acknowledge */
#define MH_BU_H		0x4000	/* home registration */
#define MH_BU_L		0x2000	/* link-local address compatibility */
#define MH_BU_K		0x1000	/* key management mobility capability */
#define MH_BU_M		0x0800	/* MAP registration, RFC 5380 */
#define MH_BU_R		0x0400	/* mobile router, RFC 3963 §4.1 */
#define MH_BU_P		0x0200	/* proxy registration, RFC 5213 §8.1 */
#define MH_BU_F		0x0100	/* force UDP encapsulation, RFC 5555 §3.1.3 */
#define MH_BU_T		0x0080	/* TLV header, RFC 5845 */

/* Binding Acknowledgement flags, 8 bits. */
#define MH_BA_K		0x80
#define MH_BA_R		0x40	/* RFC 3963 §4.2 */
#define MH_BA_P		0x20
#define MH_BA_T		0x10

/* Binding Acknowledgement status; 0..127 accept, 128..255 refuse. */
enum mh_ba_status {
	MH_BA_ACCEPTED			= 0,
	MH_BA_PREFIX_DISCOVERY		= 1,	/* accepted, but discovery needed */
	MH_BA_MCOA_NOT_COMPLETE		= 4,	/* RFC 5648 */
	MH_BA_TB_IGNORED		= 6,	/* accepted, Transient Binding not, RFC 6058 */
	MH_BA_UNSPECIFIED		= 128,
	MH_BA_PROHIBITED		= 129,
	MH_BA_NO_RESOURCES		= 130,
	MH_BA_NO_HOME_REGISTRATION	= 131,
	MH_BA_NOT_HOME_SUBNET		= 132,
	MH_BA_NOT_HOME_AGENT		= 133,
	MH_BA_DAD_FAILED		= 134,
	MH_BA_SEQ			= 135,	/* BA carries the last accepted number */
	MH_BA_TYPE_CHANGE		= 139,
	MH_BA_MR_NOT_PERMITTED		= 140,	/* RFC 3963 §4.2 */
	MH_BA_INVALID_PREFIX		= 141,
	MH_BA_NOT_AUTHORIZED_PREFIX	= 142,
	MH_BA_FORWARDING_FAILED		= 143,
	MH_BA_ID_MISMATCH		= 144,	/* RFC 4285 */
	MH_BA_MESG_ID_REQUIRED		= 145,
	MH_BA_AUTH_FAILED		= 146,
	MH_BA_MCOA_MALFORMED		= 164,	/* RFC 5648 §4.2 */
	MH_BA_MCOA_PROHIBITED		= 166,
	MH_BA_INVALID_COA		= 174,	/* RFC 6275 §6.1.8 */
};

/* Binding Error status, RFC 6275 §6.1.9. */
enum mh_be_status {
	MH_BE_UNKNOWN_BINDING	= 1,	/* Home Address option without a binding */
	MH_BE_UNKNOWN_TYPE	= 2,	/* MH type not recognised */
};

/* Handover Initiate and Acknowledge flags, 8 bits. */
#define MH_HI_S		0x80	/* assign address, RFC 5568 */
#define MH_HI_U		0x40	/* buffer packets, RFC 5568 */
#define MH_HI_P		0x20	/* proxy: the RFC 5949 meaning of this message */
#define MH_HI_F		0x10	/* request to forward packets, RFC 5949 */
#define MH_HACK_U	0x80	/* buffering, RFC 5949 */
#define MH_HACK_P	0x40
#define MH_HACK_F	0x20

/* HI code, RFC 5568 §6.2.1 and RFC 5949 §6.1.1. */
enum mh_hi_code {
	MH_HI_PLAIN		= 0,
	MH_HI_NO_FBU		= 1,
	MH_HI_FORWARDING_DONE	= 2,
	MH_HI_CONTEXT_SENT	= 3,
};

/* HAck code, RFC 5568 §6.2.1 and RFC 5949 §6.1.2; 128 and above refuse. */
enum mh_hack_code {
	MH_HACK_ACCEPTED	= 0,
	MH_HACK_NCOA_INVALID	= 1,
	MH_HACK_NCOA_ASSIGNED	= 2,
	MH_HACK_USE_PCOA	= 3,
	MH_HACK_UNSOLICITED	= 4,
	MH_HACK_CONTEXT_OK	= 5,	/* context transfer accepted or successful */
	MH_HACK_CONTEXT_ALL	= 6,	/* all available context transferred */
	MH_HACK_UNSPECIFIED	= 128,
	MH_HACK_PROHIBITED	= 129,
	MH_HACK_NO_RESOURCES	= 130,
	MH_HACK_NO_CONTEXT	= 131,
	MH_HACK_NO_FORWARDING	= 132,
};

/* Binding Revocation, RFC 5846 §5: kind, trigger (BRI), status (BRA), flags. */
enum mh_br_kind {
	MH_BR_BRI	= 1,	/* Indication */
	MH_BR_BRA	= 2,	/* Acknowledgement */
};

enum mh_bri_trigger {
	MH_BRI_UNSPECIFIED	= 0,
	MH_BRI_ADMINISTRATIVE	= 1,
	MH_BRI_HANDOVER_SAME	= 2,	/* handover, same access type */
	MH_BRI_HANDOVER_OTHER	= 3,	/* handover, other access type */
	MH_BRI_HANDOVER_UNKNOWN	= 4,
	MH_BRI_USER		= 5,
	MH_BRI_ACCESS_NETWORK	= 6,
	MH_BRI_OUT_OF_SYNC	= 7,
	MH_BRI_PER_PEER		= 128,
	MH_BRI_LOCAL_POLICY	= 129,
};

enum mh_bra_status {
	MH_BRA_SUCCESS		= 0,
	MH_BRA_PARTIAL		= 1,
	MH_BRA_NO_BINDING	= 128,
	MH_BRA_NO_IPV4_BINDING	= 129,
	MH_BRA_GLOBAL_DENIED	= 130,
	MH_BRA_UNIDENTIFIED	= 131,
	MH_BRA_MN_ATTACHED	= 132,
};

#define MH_BR_P		0x8000	/* proxy binding */
#define MH_BR_V		0x4000	/* IPv4 home address binding only */
#define MH_BR_G		0x2000	/* global: all bindings of the peer */

/* RFC 4283 §3.1 and RFC 8371: what the MN-ID holds. */
#define MH_MN_ID_NAI	1

struct mh_bu {
	uint16_t seq;
	uint16_t flags;		/* MH_BU_* */
	uint16_t lifetime;	/* 4 s; 0: de-register, 0xffff: infinite */
};

struct mh_ba {
	uint8_t status;		/* enum mh_ba_status */
	uint8_t flags;		/* MH_BA_* */
	uint16_t seq;
	uint16_t lifetime;	/* 4 s */
};

struct mh_be {
	uint8_t status;		/* enum mh_be_status */
	struct in6_addr hoa;	/* :: when the packet had no Home Address option */
};

/* Handover Initiate and Handover Acknowledge have one layout. */
struct mh_hi {
	uint16_t seq;
	uint8_t flags;		/* MH_HI_* or MH_HACK_* */
	uint8_t code;		/* enum mh_hi_code or enum mh_hack_code */
};

/* Binding Revocation Indication and Acknowledgement have one layout. */
struct mh_br {
	uint8_t kind;		/* enum mh_br_kind */
	uint8_t code;		/* BRI: enum mh_bri_trigger, BRA: enum mh_bra_status */
	uint16_t seq;
	uint16_t flags;		/* MH_BR_* */
};

/*
 * As received a prefix may be anything (len 0..255, host bits set), so that the
 * home agent can answer with status 141: ask mh_prefix_valid() before use.
 * mh_build() refuses a prefix that is not valid.
 */
struct mh_prefix {
	struct in6_addr addr;
	uint8_t len;		/* bits */
};

/* Octets that are in somebody else's buffer: of the message, or of the caller. */
struct mh_data {
	const uint8_t *data;
	uint8_t len;
};

struct mh_mn_id {
	uint8_t subtype;	/* MH_MN_ID_NAI or another of RFC 8371 */
	struct mh_data id;	/* 1..254 octets, not terminated */
};

/*
 * RFC 4285 §5, MN-HA (subtype 1). The authenticator is 1..250 octets, in our
 * profile 16. To build, data may be NULL: then @len zero octets are put there
 * for the signer to fill in.
 */
struct mh_auth {
	uint32_t spi;
	struct mh_data mac;
};

struct mh_vendor {
	uint32_t id;		/* IANA private enterprise number */
	uint8_t subtype;
	struct mh_data value;	/* 0..250 octets */
};

struct mh_bid {
	uint16_t id;		/* 1..65535 */
	uint8_t status;		/* in a BA: of this binding; in a BU 0 */
	uint8_t flags;		/* MH_BID_H */
	bool has_coa;
	struct in6_addr coa;	/* an IPv4 care-of address is ::ffff:a.b.c.d */
};

#define MH_BID_H	0x80	/* home and foreign binding at once */

struct mh_ctx_req {
	uint8_t type;		/* an enum mh_opt that the peer shall send */
	struct mh_data value;	/* what narrows it, e.g. a vendor ID; mostly empty */
};

struct mh_transient {
	bool late;		/* L: late path switch */
	uint8_t lifetime;	/* 100 ms */
};

/* An option that the codec does not know: skipped, but to be found. */
struct mh_unknown {
	uint16_t off;		/* of the option's type octet in the message */
	uint8_t type;
	uint8_t len;		/* of the data, from off + 2 */
};

/*
 * Options that occur at most once are there if their bit is in @has; those
 * that may be repeated are there @n_... times, in the order of the message.
 */
struct mh_opts {
	uint64_t has;			/* MH_BIT(MH_OPT_...) */
	uint16_t refresh_advice;	/* 4 s */
	struct in6_addr alt_coa;
	struct mh_mn_id mn_id;
	struct mh_auth auth;
	uint64_t mesg_id;		/* NTP time stamp, RFC 4285 §6 */
	struct in6_addr link_local;
	uint64_t timestamp;		/* 2^-16 s since 1970, RFC 5213 §8.8 */
	struct in6_addr lma;		/* IPv4 as ::ffff:a.b.c.d */
	uint8_t mn_lla_iid[8];
	struct mh_transient transient;

	/* Set by mh_parse() only; mh_build() does not look at them. */
	uint16_t n_unknown;		/* may be more than the array keeps */
	struct mh_unknown unknown[MH_MAX_UNKNOWN];

	uint8_t n_mnp, n_hnp, n_bid, n_vendor, n_ctx_req;
	struct mh_prefix mnp[MH_MAX_MNP];
	struct mh_prefix hnp[MH_MAX_HNP];
	struct mh_bid bid[MH_MAX_BID];
	struct mh_vendor vendor[MH_MAX_VENDOR];
	struct mh_ctx_req ctx_req[MH_MAX_CTX_REQ];
};

#define MH_BIT(opt)	(UINT64_C(1) << (opt))

static inline bool mh_has(const struct mh_opts *opts, enum mh_opt opt)
{
	return opts->has & MH_BIT(opt);
}

/* Why a message was not parsed. */
enum mh_error {
	MH_OK,
	MH_ERR_SHORT,		/* fewer octets than a header, or than the type needs */
	MH_ERR_LENGTH,		/* header length goes beyond the buffer */
	MH_ERR_PROTO,		/* payload proto is not 59 (RFC 6275 §9.2) */
	MH_ERR_TYPE,		/* MH type not known to the codec: Binding Error 2 */
	MH_ERR_BR_KIND,		/* neither BRI nor BRA */
	MH_ERR_OPT_SHORT,	/* the last octet is an option without a length */
	MH_ERR_OPT_BEYOND,	/* option (or padding) ends behind the message */
	MH_ERR_OPT_LEN,		/* length is wrong for this option */
	MH_ERR_OPT_VALUE,	/* a field of the option cannot be as it is */
	MH_ERR_OPT_REPEATED,	/* an option that may be there once is there twice */
	MH_ERR_TOO_MANY,	/* more of an option than MH_MAX_... */
	MH_ERR_AFTER_AUTH,	/* an option that the AUTH option does not cover */
};

/**
 * struct mh_msg - one message
 * @type: enum mh_type, or any other value after MH_ERR_TYPE
 * @len: octets of the Mobility Header, set by mh_parse()
 * @error: why mh_parse() refused it
 * @error_off: offset of the octet at fault, as in an ICMPv6 Parameter Problem
 * @opts: the mobility options
 *
 * BRR has no field of its own. HAck is in @hi, too.
 */
struct mh_msg {
	uint8_t type;
	uint16_t len;
	enum mh_error error;
	uint16_t error_off;
	union {
		struct mh_bu bu;
		struct mh_ba ba;
		struct mh_be be;
		struct mh_hi hi;
		struct mh_br br;
	};
	struct mh_opts opts;
};

/**
 * mh_parse - read a message
 * @buf: starts at the Mobility Header (what a raw MH socket delivers)
 * @len: octets there; those behind the header's own length are ignored
 * @msg: all of it is written, whatever the result
 *
 * Alignment of options and content of padding are not checked (RFC 6275
 * §6.2.1: senders' rules). Neither is the checksum.
 * An AUTH option of another subtype than MN-HA counts as unknown. MN-HA must be
 * the last option but for padding and such another AUTH (RFC 4285 §5.1).
 *
 * Return: 0; -EPROTONOSUPPORT with msg->type for a type that the codec does not
 * know (answer: Binding Error 2); -E2BIG for MH_ERR_TOO_MANY; -EBADMSG for all
 * else. msg->error has the reason, and pointers in msg->opts stay valid as long
 * as @buf.
 */
int mh_parse(const void *buf, size_t len, struct mh_msg *msg);

/**
 * mh_build - write a message
 * @msg: what to write; @len, @error and unknown options do not matter
 * @buf: where to
 * @size: octets there; MH_MAX_LEN is always enough
 *
 * Each option is aligned as its RFC demands, padding is zero, AUTH ends the
 * message. The checksum is left zero: so it is signed (RFC 4285 §5.1), and set
 * afterwards by mh_set_checksum() or mh_packet_*().
 *
 * Return: octets written, a multiple of 8; -EINVAL for a type the codec does not
 * know or a field that cannot be sent; -ENOBUFS if @size is too small; -EMSGSIZE
 * if the message would be longer than MH_MAX_LEN.
 */
ssize_t mh_build(const struct mh_msg *msg, void *buf, size_t size);

/* A prefix of 0..128 bits with no bit set behind them. */
bool mh_prefix_valid(const struct mh_prefix *prefix);

/* RFC 6275 §9.5.1: is @a newer than @b, modulo 2^16? */
static inline bool mh_seq_newer(uint16_t a, uint16_t b)
{
	return (uint16_t)(a - b - 1) < 0x7fff;
}

/**
 * mh_checksum - the checksum of a Mobility Header (RFC 6275 §6.1.1)
 * @src: source in the pseudo-header: the home address of a BU with a Home
 *	 Address option, else the packet's
 * @dst: destination there: the home address of a BA with a type 2 routing
 *	 header, else the packet's
 *
 * The checksum field of @mh itself counts as zero. @len is at least
 * MH_MIN_LEN. Return: in network byte order, as it goes into the header.
 */
uint16_t mh_checksum(const void *mh, size_t len, const struct in6_addr *src,
		     const struct in6_addr *dst);

/* Put it in. */
void mh_set_checksum(void *mh, size_t len, const struct in6_addr *src,
		     const struct in6_addr *dst);

/**
 * struct mh_auth_cover - what RFC 4285 §5.1 authenticates, and where
 * @spi: key and algorithm
 * @covered: octets of the Mobility Header up to and with the SPI field; behind
 *	     them stands the authenticator
 * @mac_len: octets of the authenticator
 */
struct mh_auth_cover {
	uint32_t spi;
	size_t covered;
	size_t mac_len;
};

/**
 * mh_auth_cover - find the MN-HA AUTH option of a message
 *
 * The MAC goes over care-of address | home address | the @covered first octets
 * of the message with the checksum field zero. Computed in lib/auth.h.
 *
 * Return: 0; -ENOENT if there is none; -EBADMSG if the message cannot be parsed.
 */
int mh_auth_cover(const void *mh, size_t len, struct mh_auth_cover *cover);

/*
 * Complete IPv6 packets, to be sent as they are by an IPPROTO_RAW socket with
 * IPV6_HDRINCL. @mh is a built (and signed) message; the checksum is set in the
 * packet, not in @mh. Hop limit 64, flow label 0. All return the packet's
 * octets, @mhlen + MH_PACKET_OVERHEAD at most; -EINVAL if @mhlen is no length
 * of a Mobility Header; -ENOBUFS if @size is too small.
 */

/* IPv6(coa, ha) | Destination Options(Home Address hoa) | MH: RFC 6275 §11.7.1 */
ssize_t mh_packet_bu(const void *mh, size_t mhlen, const struct in6_addr *coa,
		     const struct in6_addr *ha, const struct in6_addr *hoa,
		     void *buf, size_t size);

/* IPv6(ha, coa) | type 2 routing header(hoa) | MH: RFC 6275 §9.5.4 */
ssize_t mh_packet_ba(const void *mh, size_t mhlen, const struct in6_addr *ha,
		     const struct in6_addr *coa, const struct in6_addr *hoa,
		     void *buf, size_t size);

/* IPv6(src, dst) | MH: BRR, BE, HI, HAck, BRI, BRA, and a BU from home. */
ssize_t mh_packet_plain(const void *mh, size_t mhlen,
			const struct in6_addr *src, const struct in6_addr *dst,
			void *buf, size_t size);

/*
 * Names for people, never NULL: "Binding Update", "sequence number out of
 * window"; "unassigned" where the tables have none.
 */
const char *mh_type_name(uint8_t type);
const char *mh_ba_status_name(uint8_t status);
const char *mh_be_status_name(uint8_t status);
const char *mh_bra_status_name(uint8_t status);
const char *mh_error_name(enum mh_error error);

#endif /* NEMO_WIRE_H */
