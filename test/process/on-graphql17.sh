#!/usr/bin/env bash
# Runs the tests that execute operations with graphql 17, in a temporary copy of the checkout:
#   on-graphql17.sh
# The gateway runs with graphql 16, because the package of graphql 17 asks for Node 22. All tests pass with both, so each
# failure here is a new difference. Ends as the tests end, or with 69 (sysexits.h: unavailable) without graphql 17.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly VERSION=17.1.0
readonly UNAVAILABLE=69
# A run takes about a minute. One that hangs must not hold up everything after it.
readonly MAX_SECONDS=600

echo "graphql $VERSION on Node $(node -p process.versions.node)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# graphql has no dependencies, so it can be put in place of graphql 16 without a new choice of any other package. It runs on
# Node 20, although its package asks for 22.
if ! npm install --prefix "$folder/fetched" --no-save --no-package-lock --ignore-scripts --engine-strict=false \
  --loglevel=error "graphql@$VERSION" >&2; then
  echo "graphql $VERSION: the package registry here does not have it, so nothing ran with it."
  exit "$UNAVAILABLE"
fi
# The program is built with graphql 16, as it is for operators; built before, it is not built again in the copy.
[[ -d dist/graphiql ]] || npm run --silent build
mkdir -p "$folder/copy/node_modules"
cp -a package.json package-lock.json tsconfig.json README.md build client dist docs examples graphiql schema src test "$folder/copy"
# Links, where the temporary folder is on the same disk: the packages are some ten thousand files that nobody writes. What programs
# keep there of their own begins with a dot.
cp -al node_modules/[!.]* "$folder/copy/node_modules" 2>/dev/null || cp -a node_modules/[!.]* "$folder/copy/node_modules"
rm -rf "$folder/copy/node_modules/graphql"
mv "$folder/fetched/node_modules/graphql" "$folder/copy/node_modules/graphql"

cd "$folder/copy"
# Beside whole operations: the schema, the audits of GraphQL over HTTP, and the secrets that messages might quote.
timeout "$MAX_SECONDS" node node_modules/vitest/vitest.mjs run --config test/vitest.config.ts \
  test/queries test/contract test/unit/graphql test/mutations/webhook.test.ts test/mutations/sso-provider.test.ts
