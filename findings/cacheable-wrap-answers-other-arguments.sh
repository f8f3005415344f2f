#!/usr/bin/env bash
# Functions that are wrapped with cacheable get results of other arguments, or of another function.
#
# Versions: cacheable 2.5.0, @cacheable/utils 2.5.0; Node 20.20.
#
# What one would expect: `cache.wrap(load)` calls the function once for each value of its arguments. The documentation of the
# hashes says that they make unique keys.
#
# What happens: the key is the name of the function and a hash of its arguments, and nothing compares the arguments. `hash()` of
# the package is SHA-256, but the key is made with `hashSync()`, which has 32 bits (djb2). It multiplies by 33 and adds the next
# letter, so "A1Q" and "A20" have one key, and the second call gets the article of the first. Short codes in capital letters and
# digits collide most; of 300,000 random UUIDs about ten do. Only `createKey` avoids it. Arrow functions that are written in the call
# have no name, so two of them share their results if their arguments are equal; `keyPrefix` avoids that.
#
# Source: https://cacheable.org/docs/utils/; createWrapKey in @cacheable/utils. Issue 861 of
# https://github.com/jaredwray/cacheable is about functions that share a key; since then the name is part of it.
#
# Output seen:
#   one function, A1Q then A20: "article A1Q" "article A1Q"
#   one function, A1Q then A21: "article A1Q" "article A21"
#   with createKey, A1Q then A20: "article A1Q" "article A20"
#   1 to 5000 in base 36: 1840 have the key of an earlier one
#   two arrow functions, both called with 5: "user 5" "user 5"
#   the same with keyPrefix: "user 5" "order 5"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cacheable@2.5.0 @cacheable/utils@2.5.0
cat >run.mjs <<'JS'
import { createWrapKey } from '@cacheable/utils'
import { Cacheable } from 'cacheable'

const tell = (name, ...results) => console.log(`${name}: ${results.map((result) => JSON.stringify(result)).join(' ')}`)

async function loadArticle(code) {
  return `article ${code}`
}
const open = (options) => new Cacheable().wrap(loadArticle, { ttl: '1h', ...options })
for (const codes of [['A1Q', 'A20'], ['A1Q', 'A21']]) {
  const article = open()
  tell(`one function, ${codes.join(' then ')}`, await article(codes[0]), await article(codes[1]))
}
const keyed = open({ createKey: (_load, [code]) => code })
tell('with createKey, A1Q then A20', await keyed('A1Q'), await keyed('A20'))

const codes = Array.from({ length: 5000 }, (_, index) => (index + 1).toString(36).toUpperCase())
const keys = new Set(codes.map((code) => createWrapKey(loadArticle, [code])))
console.log(`1 to 5000 in base 36: ${codes.length - keys.size} have the key of an earlier one`)

const cache = new Cacheable()
const user = cache.wrap(async (id) => `user ${id}`, { ttl: '1h' })
const order = cache.wrap(async (id) => `order ${id}`, { ttl: '1h' })
tell('two arrow functions, both called with 5', await user(5), await order(5))
const prefixedUser = cache.wrap(async (id) => `user ${id}`, { ttl: '1h', keyPrefix: 'user' })
const prefixedOrder = cache.wrap(async (id) => `order ${id}`, { ttl: '1h', keyPrefix: 'order' })
tell('the same with keyPrefix', await prefixedUser(5), await prefixedOrder(5))
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
one function, A1Q then A20: "article A1Q" "article A1Q"
one function, A1Q then A21: "article A1Q" "article A21"
with createKey, A1Q then A20: "article A1Q" "article A20"
1 to 5000 in base 36: 1840 have the key of an earlier one
two arrow functions, both called with 5: "user 5" "user 5"
the same with keyPrefix: "user 5" "order 5"
SEEN
