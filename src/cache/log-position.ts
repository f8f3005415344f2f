// A place in the log of what writes of all replicas have made untrue: redis/drop-log.ts.

export interface LogPosition {
  readonly generation: string
  readonly id: string
}
