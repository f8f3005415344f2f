// An unused pool, and a message without a demand: a test names only the members that it is about.
import type { PoolMessage, PoolState } from '../../src/redis/pool-protocol.ts'

export const buildPool = (parts: Partial<PoolState> = {}): PoolState => ({
  generation: 'g',
  openAt: 0,
  mayOpenAt: 0,
  at: 0,
  shift: 0,
  slots: {},
  replicas: {},
  closedUntil: 0,
  isUnproven: false,
  learnedLimit: -1,
  learnedAt: 0,
  wantedUntil: 0,
  ...parts,
})

export const buildPoolMessage = (
  parts: Partial<PoolMessage> & Pick<PoolMessage, 'replica'>,
): PoolMessage => ({
  seq: 1,
  generation: '',
  sentAt: -1,
  knownSeq: -1,
  knownAt: -1,
  token: `of-${parts.replica}`,
  limit: 10,
  windowMs: 20_000,
  flightMs: 1000,
  share: 5,
  recoverMs: 400_000,
  lease: 0,
  held: {},
  waiting: [0, 0, 0, 0],
  take: '',
  rank: 0,
  kept: 0,
  lendMs: -1,
  pauseForMs: -1,
  learnedLimit: -1,
  resumedForMs: -1,
  isGoodbye: false,
  former: { generation: '', isWhole: false, peers: {}, orphansForMs: 0 },
  ...parts,
})
