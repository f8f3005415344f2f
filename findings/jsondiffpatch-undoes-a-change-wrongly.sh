#!/usr/bin/env bash
# jsondiffpatch cannot undo its own delta, if an item of a list has changed and stands at another place: `undefined` comes in.
#
# Versions: jsondiffpatch 0.7.7; Node 20.20.
#
# What one would expect: by the documentation `unpatch(right, diff(left, right))` gives back the left side, and `reverse(delta)` is a
# delta that leads there. Editors build their undo on it, and audit logs show an earlier state by it.
#
# What happens: three items are inserted before one whose member changes, which is an everyday edit of a list. The undo removes the
# three, keeps the new value of the member, and adds an item `undefined` at the end. In JSON this is null, so an undo that is saved
# stores a hole. No error is reported. In the other direction the delta is right. Of all pairs of lists with up to four items, in
# which each item that stays has changed, a quarter is undone wrongly; without the detection of moves it is fewer. If no item
# changes, all are right.
#
# Source: https://github.com/benjamine/jsondiffpatch#usage; reverseArrayDeltaIndex in src/filters/arrays.ts. The issues 275 and 295
# are open, and are about items that change their order; here none does.
#
# Output seen:
#   [1 old] to [2 new] [3 new] [4 new] [1 new], undone: [1 new] undefined
#   the same by reverse: [1 new] undefined
#   patch: 0 of 4160 pairs wrong
#   unpatch: 984 of 4160 pairs wrong
#   unpatch without the detection of moves: 192 of 4160 pairs wrong
#   unpatch, items only come, go and move: 0 of 4160 pairs wrong
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsondiffpatch@0.7.7
cat >run.mjs <<'JS'
import { isDeepStrictEqual } from 'node:util'
import { create } from 'jsondiffpatch'

const objectHash = ({ id }) => id
const differ = create({ objectHash })
const withoutMoves = create({ objectHash, arrays: { detectMove: false } })
const clone = structuredClone
const show = (list) => list.map((item) => (item ? `[${item.id} ${item.value}]` : String(item))).join(' ')
const items = (ids, value) => ids.map((id) => ({ id, value }))

const left = items([1], 'old')
const right = items([2, 3, 4, 1], 'new')
const delta = differ.diff(left, right)
console.log(`${show(left)} to ${show(right)}, undone: ${show(differ.unpatch(clone(right), clone(delta)))}`)
console.log(`the same by reverse: ${show(differ.patch(clone(right), differ.reverse(clone(delta))))}`)

/** All lists of different ids, in every order. */
const lists = []
function collect(list, rest) {
  lists.push(list)
  for (const id of rest) collect([...list, id], rest.filter((other) => other !== id))
}
collect([], [1, 2, 3, 4])

function countWrong(name, value, isRight) {
  let [count, wrong] = [0, 0]
  for (const before of lists) {
    for (const after of lists) {
      const [from, to] = [items(before, 'old'), items(after, value)]
      if (isDeepStrictEqual(before, after)) continue
      count += 1
      if (!isRight(from, to)) wrong += 1
    }
  }
  console.log(`${name}: ${wrong} of ${count} pairs wrong`)
}

const undoes = (each) => (from, to) => isDeepStrictEqual(each.unpatch(clone(to), each.diff(from, to)), from)
countWrong('patch', 'new', (from, to) => isDeepStrictEqual(differ.patch(clone(from), differ.diff(from, to)), to))
countWrong('unpatch', 'new', undoes(differ))
countWrong('unpatch without the detection of moves', 'new', undoes(withoutMoves))
countWrong('unpatch, items only come, go and move', 'old', undoes(differ))
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
[1 old] to [2 new] [3 new] [4 new] [1 new], undone: [1 new] undefined
the same by reverse: [1 new] undefined
patch: 0 of 4160 pairs wrong
unpatch: 984 of 4160 pairs wrong
unpatch without the detection of moves: 192 of 4160 pairs wrong
unpatch, items only come, go and move: 0 of 4160 pairs wrong
SEEN
