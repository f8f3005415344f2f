// A place in the log of all touches by writes of all replicas: redis/drop-log.ts.

export interface LogPosition {
  readonly generation: string
  readonly id: string
}
