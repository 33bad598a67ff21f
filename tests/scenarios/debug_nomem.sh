#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation of each request of the two families, and of the making of their devices, fails
# once. Needs a kernel with failslab: tests/run --kernel dbg.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_families

failslab=/sys/kernel/debug/failslab
[ -d $failslab ] || mount -t debugfs debugfs /sys/kernel/debug
echo N > $failslab/ignore-gfp-wait	# allocations that may wait fail, too
echo 0 > $failslab/verbose		# no stack for each
part nomem on here "$LAB/nomem.py"
lab_down
plan
