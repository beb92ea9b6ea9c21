#!/usr/bin/env bash
# Puts the jq project's own test files into node_modules/.cache/jq-tests/VERSION: out of Debian's source package, by apt
# and with its checks of signature and hash. Needs a Debian with apt-get; no root, and nothing of the system changes.
set -euo pipefail
wanted=1.8.2
target="$(cd "$(dirname "$0")/../.." && pwd)/node_modules/.cache/jq-tests"
[ ! -f "$target/$wanted/jq.test" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p lists/partial cache/archives/partial
mirror=$(grep -rhvE '^ *#' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -m1 -oE 'https?://[^ ]+/debian/?( |$)') || true
[ -n "$mirror" ] || { echo "no mirror of Debian in /etc/apt: jq's tests can't be had here" >&2; exit 1; }
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > sources.list
options=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=$(id -un)")

apt-get "${options[@]}" update
versions=$(apt-cache "${options[@]}" showsrc jq | sed -n 's/^Version: //p' | sort -V)
version=$(grep "^$wanted-" <<<"$versions" | tail -1 || tail -1 <<<"$versions")
apt-get "${options[@]}" source --download-only --tar-only "jq=$version"
mkdir -p unpacked "$target/${version%-*}"
tar -xf ./*.orig.tar.* -C unpacked --strip-components=1
cp unpacked/COPYING unpacked/tests/*.test "$target/${version%-*}/"
echo "jq ${version%-*}: $(cd "$target/${version%-*}" && echo *.test)"
