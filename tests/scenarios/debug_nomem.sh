#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation of each request of the two families, of the making of their devices, and of a
# packet into the tunnel fails once. Needs a kernel with failslab: tests/run --kernel dbg.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_families
# ... and a way through nemo0, which sends nothing by itself
ip -n here -batch - <<-END
link add out0 type dummy
link set out0 up
link set nemo0 addrgenmode none
link set nemo0 up
addr add 2001:db8:1a::1/64 dev out0 nodad
route add 2001:db8:f::/64 dev out0
route add 2001:db8:c::/64 dev nemo0
END

failslab=/sys/kernel/debug/failslab
[ -d $failslab ] || mount -t debugfs debugfs /sys/kernel/debug
echo N > $failslab/ignore-gfp-wait	# allocations that may wait fail, too
echo 0 > $failslab/verbose		# no stack for each
part nomem on here "$LAB/nomem.py"
lab_down
plan
