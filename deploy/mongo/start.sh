#!/usr/bin/env bash
# mongod wants its key file to be its own and nobody else's; what is mounted as a secret is neither.
set -euo pipefail
install -m 0400 /run/secrets/mongo_keyfile /run/mongo/keyfile
exec docker-entrypoint.sh "$@"
