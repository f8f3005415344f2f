#!/usr/bin/env bash
# A function that cacheable wraps returns the result for other arguments, because the key is a hash of 32 bits that short texts share.
#
# Versions: cacheable 2.5.0 with @cacheable/utils 2.5.0; Node 20.20.
#
# What one would expect: a function that is wrapped by `cache.wrap(find, { keyPrefix, ttl })` returns what `find` returns for the same
# arguments, either now or at an earlier call.
#
# What happens: the key is the prefix, the name of the function, and a hash of the arguments' JSON. The hash, djb2, multiplies by 33 and
# adds the next letter, and nothing compares the arguments themselves. So two texts have one key if a letter is one higher and the next
# one 33 lower: "1Q" and "20", "Ab" and "BA". The second caller gets the result of the first, without an error. This is no matter of
# scale: of the codes with three capital letters or digits, almost half get the result of another code. Members of objects are mixed
# up the same way. `wrap` of CacheableMemory does the same. Hexadecimal ids in small letters hardly ever share a key. The option
# `createKey` helps.
#
# Source: createWrapKey and hashSync of @cacheable/utils, whose default is djb2; the section about `wrap` in
# https://github.com/jaredwray/cacheable/tree/main/packages/cacheable does not describe the key.
#
# Output seen:
#   Cacheable: "1Q" is found for "1Q", "1Q" is found for "20"
#   CacheableMemory: "1Q" is found for "1Q", "1Q" is found for "20"
#   Cacheable, members of objects: {"page":1,"text":"Ab"} is found for {"page":1,"text":"Ab"}, {"page":1,"text":"Ab"} is found for {"page":1,"text":"BA"}
#   Cacheable: 21420 of 46656 codes wrong
#   Cacheable with createKey: 0 of 46656 codes wrong
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cacheable@2.5.0 @cacheable/utils@2.5.0
cat >run.mjs <<'JS'
import { Cacheable, CacheableMemory } from 'cacheable'

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789']
const find = (what) => `${JSON.stringify(what)} is found`
const options = { keyPrefix: 'find', ttl: '1h' }

async function show(name, cache, arguments_) {
  const wrapped = cache.wrap(find, options)
  const answers = []
  for (const what of arguments_) answers.push(`${await wrapped(what)} for ${JSON.stringify(what)}`)
  console.log(`${name}: ${answers.join(', ')}`)
}

async function countWrong(name, more) {
  const wrapped = new Cacheable().wrap(async (code) => code, { ...options, ...more })
  const codes = LETTERS.flatMap((one) => LETTERS.flatMap((two) => LETTERS.map((three) => one + two + three)))
  let wrong = 0
  for (const code of codes) if ((await wrapped(code)) !== code) wrong += 1
  console.log(`${name}: ${wrong} of ${codes.length} codes wrong`)
}

await show('Cacheable', new Cacheable(), ['1Q', '20'])
await show('CacheableMemory', new CacheableMemory(), ['1Q', '20'])
await show('Cacheable, members of objects', new Cacheable(), [
  { page: 1, text: 'Ab' },
  { page: 1, text: 'BA' },
])
await countWrong('Cacheable', {})
await countWrong('Cacheable with createKey', { createKey: (_wrapped, arguments_) => JSON.stringify(arguments_) })
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
Cacheable: "1Q" is found for "1Q", "1Q" is found for "20"
CacheableMemory: "1Q" is found for "1Q", "1Q" is found for "20"
Cacheable, members of objects: {"page":1,"text":"Ab"} is found for {"page":1,"text":"Ab"}, {"page":1,"text":"Ab"} is found for {"page":1,"text":"BA"}
Cacheable: 21420 of 46656 codes wrong
Cacheable with createKey: 0 of 46656 codes wrong
SEEN
