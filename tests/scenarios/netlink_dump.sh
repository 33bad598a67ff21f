#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the two netlink families say: what the specs list and nothing else; and what is so at one
# moment, though the tables change while they are read.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_families

part replies on here "$LAB/netlink_replies.py"
part dump on here "$LAB/netlink_errors.py" dump

plan
