#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests that the two netlink families must refuse, each with an error number and a
# sentence; who may ask at all.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_families

# ... and in another namespace one that is not to be found
ip netns add there
ip -n there link add far0 index 4711 type nemo_mr
FAR_IFINDEX=4711
export FAR_IFINDEX

errors=$LAB/netlink_errors.py
part attributes on here "$errors" attributes
part meaning on here "$errors" meaning
export WHO="a user"
part stranger on here setpriv --reuid 65534 --regid 65534 --clear-groups "$errors" stranger
export WHO="root of a user namespace, in a network namespace that is not its own"
part foreign on here setpriv --reuid 65534 --regid 65534 --clear-groups \
	unshare -Ur "$errors" stranger
part owner on here setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn sh -c \
	"ip link add br0 type bridge; ip link add nemo0 type nemo_mr
	 ip link add nemo-ha0 type nemo_ha; exec '$errors' owner"

plan
