// Sends a replica's message to the pool in Redis and returns the answer, or whether the message may have arrived.
import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Client, Connection } from './connection.ts'
import type { Keys } from './keys.ts'
import type { PoolAnswer, PoolMessage } from './pool-protocol.ts'
import { CONTACT } from './pool-script.ts'

export type ExchangeResult =
  | { readonly answer: PoolAnswer }
  /** Whether the pool may have received the message, or may yet receive it. */
  | { readonly answer: null; readonly mayHaveArrived: boolean }

/** Never rejects. */
export type Exchange = (name: string, message: PoolMessage) => Promise<ExchangeResult>

/** How long an unused pool is kept: longer than any time without a replica, because a new pool opens only after a window. */
const KEPT_MS = 24 * 60 * 60 * 1000
const SHA = createHash('sha1').update(CONTACT).digest('hex')

export const createExchange =
  (main: Connection, keys: Keys): Exchange =>
  async (name, message) => {
    let mayHaveArrived = main.isUp()
    const [key, formerKey] = [keys.pool(name), keys.formerPool(name)]
    const run = async (client: Client) => {
      const known = formerKey === null ? message : await withFormerPeers(client, formerKey, message)
      return runScript(client, key, JSON.stringify(known))
    }
    const text = await main.ask((client) =>
      run(client).catch((error: unknown) => {
        // Redis has refused the script, which it does before anything is changed.
        if (error instanceof Error && error.name === 'ReplyError') mayHaveArrived = false
        throw error
      }),
    )
    const answer = typeof text === 'string' ? readAnswer(text) : null
    return answer ? { answer } : { answer, mayHaveArrived }
  }

/**
 * The data of the new primary contains the pool of the former one. Only this pool names a replica that joined it after
 * the sender's last answer. That replica may still be at the former primary, so the new pool must not open without it.
 */
async function withFormerPeers(
  client: Client,
  formerKey: string,
  message: PoolMessage,
): Promise<PoolMessage> {
  const { former } = message
  if (former.generation === '') return message
  const pool = formerSchema.safeParse(readJson(await client.get(formerKey)))
  if (pool.data?.generation !== former.generation) return message
  const others = Object.keys(pool.data.replicas).filter((id) => id !== message.replica)
  const peers = { ...former.peers, ...Object.fromEntries(others.map((id) => [id, true as const])) }
  return { ...message, former: { ...former, peers } }
}

/** Lua writes an empty table as an object. */
const formerSchema = z.object({ generation: z.string(), replicas: z.record(z.string(), z.unknown()) })

async function runScript(client: Client, key: string, message: string): Promise<unknown> {
  try {
    return await client.evalsha(SHA, 1, key, message, KEPT_MS)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.eval(CONTACT, 1, key, message, KEPT_MS)
  }
}

/** Lua has no empty list: it comes as an empty object. */
const list = z.preprocess((given) => (Array.isArray(given) ? (given as unknown[]) : []), z.array(z.number()))

const answerSchema = z.object({
  isVoid: z.literal(false),
  at: z.number(),
  generation: z.string(),
  opensInMs: z.number(),
  isGranted: z.boolean(),
  limit: z.number(),
  peers: z.record(z.string(), z.literal(true)),
  orphansForMs: z.number(),
  lease: z.number(),
  flying: z.number(),
  frees: list,
  lost: z.number(),
  pausedForMs: z.number(),
  isUnproven: z.boolean(),
  learnedLimit: z.number(),
  learnedForMs: z.number(),
  isWanted: z.boolean(),
})

const readAnswer = (text: string): PoolAnswer | null => answerSchema.safeParse(readJson(text)).data ?? null

function readJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
