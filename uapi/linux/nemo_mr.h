/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nemo_mr.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_NEMO_MR_H
#define _UAPI_LINUX_NEMO_MR_H

#define NEMO_MR_FAMILY_NAME	"nemo_mr"
#define NEMO_MR_FAMILY_VERSION	1

#define NEMO_MR_NAME_MAX	31
#define NEMO_MR_PREFIX_MAX	16
#define NEMO_MR_GUEST_MAX	16
#define NEMO_MR_EXCLUDE_MAX	4

/**
 * enum nemo_mr_state - What a host does for a mobile router; the verdicts are
 *   in kmod/mr/state.c.
 * @NEMO_MR_STATE_STANDBY: Another host serves, or none. Guest frames are
 *   dropped.
 * @NEMO_MR_STATE_PREPARED: The move was announced; what arrives is held until
 *   the guest's first frame.
 * @NEMO_MR_STATE_ACTIVATING: The guest is here, the home agent does not know
 *   it yet; traffic is held until the binding is acknowledged.
 * @NEMO_MR_STATE_ACTIVE: This host serves.
 * @NEMO_MR_STATE_LEAVING: The guest is paused or has gone; what arrives for it
 *   goes to the other host.
 */
enum nemo_mr_state {
	NEMO_MR_STATE_STANDBY,
	NEMO_MR_STATE_PREPARED,
	NEMO_MR_STATE_ACTIVATING,
	NEMO_MR_STATE_ACTIVE,
	NEMO_MR_STATE_LEAVING,
};

/**
 * enum nemo_mr_reason - Why a mobile router changed, in notifications.
 * @NEMO_MR_REASON_ADMIN: A netlink request (the agent or an administrator).
 * @NEMO_MR_REASON_FIRST_FRAME: A frame of the guest on the attachment.
 * @NEMO_MR_REASON_ATTACHMENT_GONE: The attachment's interface was removed.
 * @NEMO_MR_REASON_MARKER: An end marker came. The old host has passed it on to
 *   the new one; the new host has let go what came directly from the home
 *   agent. The state stays.
 * @NEMO_MR_REASON_MARKER_TIMEOUT: No end marker came in time; what came
 *   directly from the home agent was let go. The state stays.
 * @NEMO_MR_REASON_PORT_GONE: The guest's port went down, away or out of the
 *   bridge, after a new host had been prepared.
 */
enum nemo_mr_reason {
	NEMO_MR_REASON_ADMIN,
	NEMO_MR_REASON_FIRST_FRAME,
	NEMO_MR_REASON_ATTACHMENT_GONE,
	NEMO_MR_REASON_MARKER,
	NEMO_MR_REASON_MARKER_TIMEOUT,
	NEMO_MR_REASON_PORT_GONE,
};

/**
 * enum nemo_mr_flag
 * @NEMO_MR_FLAG_TRIGGER: A frame of the guest activates a mobile router in
 *   standby.
 * @NEMO_MR_FLAG_PREPARED_UPLINK: In prepared, the first guest frame opens the
 *   uplink at once, as the home agent accepts the transient care-of address
 *   (RFC 6058). Without it the uplink is held until the binding is
 *   acknowledged.
 * @NEMO_MR_FLAG_UNDO: In leaving, the guest is known to be stopped, so that a
 *   frame of it means that it runs here again: to active with prepared-uplink,
 *   else to activating.
 * @NEMO_MR_FLAG_LEAVE_WITH_PORT: In active, a new host is prepared: when the
 *   guest's port goes down, away or out of the bridge, the guest has left, to
 *   leaving. The port is that of its last frame if one guest is given by MAC
 *   address, else the last one of the attachment that is up.
 * @NEMO_MR_FLAG_QUIET: In standby, with trigger, the guest has left for
 *   another host: only a frame by a port that came up since activates, or
 *   after a minute without any. Other guests of the mobile router may still be
 *   here, and speak, until they follow.
 */
enum nemo_mr_flag {
	NEMO_MR_FLAG_TRIGGER = 1,
	NEMO_MR_FLAG_PREPARED_UPLINK = 2,
	NEMO_MR_FLAG_UNDO = 4,
	NEMO_MR_FLAG_LEAVE_WITH_PORT = 8,
	NEMO_MR_FLAG_QUIET = 16,
};

enum {
	NEMO_MR_A_PREFIX_FAMILY = 1,
	NEMO_MR_A_PREFIX_ADDRESS,
	NEMO_MR_A_PREFIX_LENGTH,

	__NEMO_MR_A_PREFIX_MAX,
	NEMO_MR_A_PREFIX_MAX = (__NEMO_MR_A_PREFIX_MAX - 1)
};

enum {
	NEMO_MR_A_STATS_PAD = 1,
	NEMO_MR_A_STATS_TX_PACKETS,
	NEMO_MR_A_STATS_TX_BYTES,
	NEMO_MR_A_STATS_RX_PACKETS,
	NEMO_MR_A_STATS_RX_BYTES,
	NEMO_MR_A_STATS_HELD,
	NEMO_MR_A_STATS_FORWARDED,
	NEMO_MR_A_STATS_DROPPED,

	__NEMO_MR_A_STATS_MAX,
	NEMO_MR_A_STATS_MAX = (__NEMO_MR_A_STATS_MAX - 1)
};

enum {
	NEMO_MR_A_DROPS_PAD = 1,
	NEMO_MR_A_DROPS_MALFORMED,
	NEMO_MR_A_DROPS_NO_ENTRY,
	NEMO_MR_A_DROPS_SPOOFED,
	NEMO_MR_A_DROPS_WRONG_ENDPOINT,
	NEMO_MR_A_DROPS_STATE,
	NEMO_MR_A_DROPS_HOLD_FULL,
	NEMO_MR_A_DROPS_FLUSHED,
	NEMO_MR_A_DROPS_NO_ROUTE,
	NEMO_MR_A_DROPS_TOO_BIG,
	NEMO_MR_A_DROPS_ENCAP_LIMIT,
	NEMO_MR_A_DROPS_ECN,
	NEMO_MR_A_DROPS_FAMILY,
	NEMO_MR_A_DROPS_NOMEM,

	__NEMO_MR_A_DROPS_MAX,
	NEMO_MR_A_DROPS_MAX = (__NEMO_MR_A_DROPS_MAX - 1)
};

enum {
	NEMO_MR_A_IFINDEX = 1,
	NEMO_MR_A_NAME,
	NEMO_MR_A_HOA,
	NEMO_MR_A_HA,
	NEMO_MR_A_COA,
	NEMO_MR_A_PEER,
	NEMO_MR_A_STATE,
	NEMO_MR_A_PREFIX,
	NEMO_MR_A_ATTACHMENT,
	NEMO_MR_A_GUEST,
	NEMO_MR_A_EXCLUDE,
	NEMO_MR_A_FLAGS,
	NEMO_MR_A_SEQ,
	NEMO_MR_A_LIFETIME,
	NEMO_MR_A_EXPIRES,
	NEMO_MR_A_HOLD_PACKETS,
	NEMO_MR_A_HOLD_BYTES,
	NEMO_MR_A_HELD_UPLINK,
	NEMO_MR_A_HELD_DOWNLINK,
	NEMO_MR_A_MARKER_TIMEOUT,
	NEMO_MR_A_MARKER_DUE,
	NEMO_MR_A_LAST_FRAME,
	NEMO_MR_A_STATS,
	NEMO_MR_A_OLD_STATE,
	NEMO_MR_A_REASON,
	NEMO_MR_A_TIME,
	NEMO_MR_A_PAD,

	__NEMO_MR_A_MAX,
	NEMO_MR_A_MAX = (__NEMO_MR_A_MAX - 1)
};

enum {
	NEMO_MR_A_LINK_IFINDEX = 1,
	NEMO_MR_A_LINK_IFNAME,
	NEMO_MR_A_LINK_COUNT,
	NEMO_MR_A_LINK_HOLD_BYTES,
	NEMO_MR_A_LINK_HELD_BYTES,
	NEMO_MR_A_LINK_DROPS,

	__NEMO_MR_A_LINK_MAX,
	NEMO_MR_A_LINK_MAX = (__NEMO_MR_A_LINK_MAX - 1)
};

enum {
	NEMO_MR_CMD_MR_GET = 1,
	NEMO_MR_CMD_MR_NEW,
	NEMO_MR_CMD_MR_SET,
	NEMO_MR_CMD_MR_DEL,
	NEMO_MR_CMD_MR_NEW_NTF,
	NEMO_MR_CMD_MR_DEL_NTF,
	NEMO_MR_CMD_STATE_NTF,
	NEMO_MR_CMD_LINK_GET,
	NEMO_MR_CMD_LINK_SET,

	__NEMO_MR_CMD_MAX,
	NEMO_MR_CMD_MAX = (__NEMO_MR_CMD_MAX - 1)
};

#define NEMO_MR_MCGRP_MR	"mr"

#endif /* _UAPI_LINUX_NEMO_MR_H */
