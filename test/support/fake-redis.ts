// A Redis in memory for models of many replicas: the commands and scripts that they use, without sockets and without waiting.
import { BEGIN, PUBLISH, RENEW } from '../../src/redis/lease-scripts.ts'
import { compareIds } from '../../src/redis/streams.ts'

/** `full`: what adds is refused; `readOnly`: every write is refused, deletions too. */
export type Refusing = 'nothing' | 'full' | 'readOnly'

type Arguments = readonly (string | number | Buffer)[]
type StreamRow = [id: string, fields: string[]]

export interface FakeRedis {
  refusing: Refusing
  /** How many entries streams have got. */
  added: number
  /** Throws where Redis refuses. */
  run(command: string, ...args: Arguments): unknown
  flush(): void
  /** Streams keep their last entry only, as they do when very many were added. */
  trim(): void
  setClock(byMs: number): void
  nowMs(): number
}

const ADDING: ReadonlySet<string> = new Set(['set', 'xadd', 'hset'])
const WRITING: ReadonlySet<string> = new Set([...ADDING, 'del', 'hdel', 'pexpire'])

export class RefusedByRedis extends Error {}

/** As Redis works by 7.0. `wallMs` is its clock. */
export function createFakeRedis(wallMs: () => number): FakeRedis {
  const strings = new Map<string, string | Buffer>()
  const hashes = new Map<string, Map<string, string>>()
  const streams = new Map<string, StreamRow[]>()
  let lastId = '0-0'
  let offsetMs = 0

  const nowMs = (): number => Math.floor(wallMs() + offsetMs)

  function check(command: string): void {
    const isRefused =
      fake.refusing === 'full' ? ADDING.has(command) : fake.refusing === 'readOnly' && WRITING.has(command)
    if (isRefused) throw new RefusedByRedis(fake.refusing)
  }

  function xadd(key: string, most: number, fields: string[]): string {
    const [lastMs = 0, lastNumber = 0] = lastId.split('-').map(Number)
    lastId = nowMs() > lastMs ? `${nowMs()}-0` : `${lastMs}-${lastNumber + 1}`
    const rows = streams.get(key) ?? []
    rows.push([lastId, fields])
    if (rows.length > most) rows.splice(0, rows.length - most)
    streams.set(key, rows)
    fake.added += 1
    return lastId
  }

  const commands: Record<string, (...args: string[]) => unknown> = {
    get: (key = '') => strings.get(key) ?? null,
    getBuffer: (key = '') => strings.get(key) ?? null,
    set(key = '', value = '', ...options) {
      if (options.includes('NX') && strings.has(key)) return null
      strings.set(key, value)
      return 'OK'
    },
    del: (...keys) => keys.filter((key) => strings.delete(key) || streams.delete(key)).length,
    // Nothing expires in a model.
    pexpire: (key = '') => Number(strings.has(key) || streams.has(key)),
    exists: (key = '') => Number(strings.has(key) || streams.has(key)),
    hget: (key = '', field = '') => hashes.get(key)?.get(field) ?? null,
    hgetall: (key = '') => [...(hashes.get(key) ?? [])].flat(),
    hset(key = '', field = '', value = '') {
      hashes.set(key, (hashes.get(key) ?? new Map<string, string>()).set(field, value))
      return 1
    },
    hdel: (key = '', field = '') => Number(hashes.get(key)?.delete(field) ?? false),
    time: () => [String(Math.floor(nowMs() / 1000)), String((nowMs() % 1000) * 1000)],
    ping: () => 'PONG',
    xadd(key = '', ...args) {
      const place = args.indexOf('*')
      return xadd(key, place > 0 ? Number(args[place - 1]) : Infinity, args.slice(place + 1))
    },
    xrange(key = '', from = '', ...options) {
      const rows = streams.get(key) ?? []
      const place = placeOf(rows, (id) => compareIds(id, from) >= 0)
      return rows.slice(place, place + Number(options[2] ?? Infinity))
    },
    xrevrange: (key = '') => (streams.get(key) ?? []).slice(-1),
    xread(...args) {
      const names = args.slice(args.indexOf('STREAMS') + 1)
      const count = Number(args[args.indexOf('COUNT') + 1])
      const keys = names.slice(0, names.length / 2)
      const found = keys.map((key, index): [string, StreamRow[]] => {
        const from = names[keys.length + index] ?? ''
        const rows = streams.get(key) ?? []
        const place = placeOf(rows, (id) => compareIds(id, from) > 0)
        return [key, rows.slice(place, place + count)]
      })
      return found.filter(([, rows]) => rows.length > 0)
    },
    eval: (script = '', _count = '', ...args) => scripts(script, args),
  }

  function run(command: string, ...args: Arguments): unknown {
    check(command)
    return commands[command]?.(...(args as string[]))
  }

  function scripts(script: string, [one = '', two = '', three = '', ...args]: readonly string[]): unknown {
    if (script === BEGIN) return begin({ generation: one, drops: two }, [three, ...args])
    if (script === RENEW) return renew({ readers: one, generation: two, drops: three }, args)
    if (script === PUBLISH) return publish({ readers: one, generation: two, drops: three }, args)
    // The scripts of flight locks: KEYS[1] is the lock, ARGV[1] the token.
    if (strings.get(one) !== two) return 0
    return script.includes("'DEL'") ? run('del', one) : 1
  }

  function begin(keys: { generation: string; drops: string }, [token = '', how]: readonly string[]): unknown {
    const known = run('get', keys.generation)
    if (how !== 'anew' && known !== null && run('exists', keys.drops) === 1) return known
    run('set', keys.generation, token)
    run('del', keys.drops)
    run('xadd', keys.drops, '*', 'generation', token)
    return token
  }

  function renew(keys: LogKeys, [replica = '', latestMs, forgetMs, silenceMs]: readonly string[]): unknown {
    const now = nowMs()
    const generation = run('get', keys.generation)
    const [last] = run('xrevrange', keys.drops) as StreamRow[]
    if (generation === null || !last || now > Number(latestMs)) return [now]
    const before = run('hget', keys.readers, '')
    const sinceMs = before === null ? 0 : now - Number(before)
    const silentMs = sinceMs < Number(silenceMs) ? 0 : sinceMs
    for (const [name, value] of new Map(hashes.get(keys.readers))) {
      const [stamp = '', forgetAt = ''] = value.split(' ')
      if (name === replica || forgetAt === '') continue
      const forgetMovedAt = Number(forgetAt) + silentMs
      if (forgetMovedAt < now) run('hdel', keys.readers, name)
      else if (silentMs > 0) run('hset', keys.readers, name, `${stamp} ${forgetMovedAt}`)
    }
    run('hset', keys.readers, replica, `${now} ${now + Number(forgetMs)}`)
    run('hset', keys.readers, '', String(now))
    return [now, generation, last[0], run('hgetall', keys.readers)]
  }

  function publish(
    keys: LogKeys,
    [generation, replica = '', most = '', mostBytes = '', ...drops]: readonly string[],
  ): unknown {
    const now = nowMs()
    if (run('get', keys.generation) !== generation) return [now]
    const bytesUpTo = (fields: readonly string[] = []): number =>
      fields.includes('bytes') ? Number(fields[fields.indexOf('bytes') + 1]) : 0
    const rowsOf = (): [string, string[]][] => streams.get(keys.drops) ?? []
    let bytes = bytesUpTo(rowsOf().at(-1)?.[1])
    const ids = drops.map((drop) => {
      bytes += Buffer.byteLength(drop)
      const fields = ['by', replica, 'drop', drop, 'bytes', String(bytes)]
      return run('xadd', keys.drops, 'MAXLEN', '=', most, '*', ...fields)
    })
    while (bytes - bytesUpTo(rowsOf()[0]?.[1]) > Number(mostBytes)) rowsOf().shift()
    return [now, ids, run('hgetall', keys.readers)]
  }

  const fake: FakeRedis = {
    refusing: 'nothing',
    added: 0,
    run,
    nowMs,
    setClock: (byMs) => void (offsetMs += byMs),
    flush() {
      for (const store of [strings, hashes, streams]) store.clear()
      lastId = '0-0'
    },
    trim() {
      for (const rows of streams.values()) rows.splice(0, rows.length - 1)
    },
  }
  return fake
}

/** The first row that `isWanted`. Rows are in order, and it searches from the end, because mostly the last ones are read. */
function placeOf(rows: readonly StreamRow[], isWanted: (id: string) => boolean): number {
  let place = rows.length
  while (place > 0 && isWanted(rows[place - 1]?.[0] ?? '')) place -= 1
  return place
}

interface LogKeys {
  readonly readers: string
  readonly generation: string
  readonly drops: string
}
