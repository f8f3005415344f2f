#!/usr/bin/env bash
# pino 10 logs "[unable to serialize, …]" in place of Buffers and objects with private members that a path of `redact` may lead into.
#
# Versions: pino 10.4.0 with @pinojs/redact 0.4.0; pino 9.7.0 with fast-redact 3.5.0 for comparison, which is right; Node 20.20.
#
# What one would expect: `redact: ['*.token']` replaces members named "token", and changes nothing else in a line. A value that has none
# is logged as it is without `redact`.
#
# What happens: since @pinojs/redact took the place of fast-redact, a value is copied before its members are replaced. The copy has the
# prototype and the own members, but neither bytes nor private members, so its toJSON throws, and pino logs a text about circular
# references. There is no circle, and nothing had to be replaced. With a path such as "job.*.token" the whole job is lost, with its id
# and all that is beside the value. Classes for money, durations or ids often have private members. Nothing is reported, and with a logger
# for tests, which has no `redact`, lines are complete. A Date is copied rightly, and a path that begins with another name does no harm.
#
# Source: selectiveClone in index.js of @pinojs/redact; the open issues 28 and 33 of https://github.com/pinojs/redact have the same cause.
#
# Output seen:
#   pino 10.4.0, ["*.token"], a Buffer: "[unable to serialize, circular reference is too complex to analyze]"
#   pino 10.4.0, ["*.token"], an object with a private member: "[unable to serialize, circular reference is too complex to analyze]"
#   pino 10.4.0, ["*.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"[Redacted]"}
#   pino 10.4.0, ["job.*.token"], a job with one: "[unable to serialize, circular reference is too complex to analyze]"
#   pino 10.4.0, ["other.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"secret"}
#   pino 9.7.0, ["*.token"], a Buffer: {"type":"Buffer","data":[97]}
#   pino 9.7.0, ["*.token"], an object with a private member: "1.5 EUR"
#   pino 9.7.0, ["*.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"[Redacted]"}
#   pino 9.7.0, ["job.*.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"secret"}
#   pino 9.7.0, ["other.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"secret"}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund new@npm:pino@10.4.0 old@npm:pino@9.7.0
cat >run.mjs <<'JS'
import newPino from 'new'
import oldPino from 'old'

class Money {
  #cents
  constructor(cents) {
    this.#cents = cents
  }
  toJSON() {
    return `${this.#cents / 100} EUR`
  }
}

const job = () => ({ id: 7, price: new Money(150), token: 'secret' })
const cases = [
  ['*.token', 'a Buffer', () => Buffer.from('a')],
  ['*.token', 'an object with a private member', () => new Money(150)],
  ['*.token', 'a job with one', job],
  ['job.*.token', 'a job with one', job],
  ['other.token', 'a job with one', job],
]
for (const [version, pino] of [
  ['pino 10.4.0', newPino],
  ['pino 9.7.0', oldPino],
]) {
  for (const [path, name, create] of cases) {
    let line = ''
    const logger = pino({ base: null, timestamp: false, redact: [path] }, { write: (text) => (line = text) })
    logger.info({ job: create() })
    console.log(`${version}, ["${path}"], ${name}: ${JSON.stringify(JSON.parse(line).job)}`)
  }
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
pino 10.4.0, ["*.token"], a Buffer: "[unable to serialize, circular reference is too complex to analyze]"
pino 10.4.0, ["*.token"], an object with a private member: "[unable to serialize, circular reference is too complex to analyze]"
pino 10.4.0, ["*.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"[Redacted]"}
pino 10.4.0, ["job.*.token"], a job with one: "[unable to serialize, circular reference is too complex to analyze]"
pino 10.4.0, ["other.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"secret"}
pino 9.7.0, ["*.token"], a Buffer: {"type":"Buffer","data":[97]}
pino 9.7.0, ["*.token"], an object with a private member: "1.5 EUR"
pino 9.7.0, ["*.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"[Redacted]"}
pino 9.7.0, ["job.*.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"secret"}
pino 9.7.0, ["other.token"], a job with one: {"id":7,"price":"1.5 EUR","token":"secret"}
SEEN
