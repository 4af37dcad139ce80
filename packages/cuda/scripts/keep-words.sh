#!/bin/sh
# Runs a compiler and keeps what it says beside the object that it makes, so that the words of an object are there as long as it is.
for argument; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
"$@" 2> "${object:-/dev/null}.words"
status=$?
cat "${object:-/dev/null}.words" >&2
exit $status
