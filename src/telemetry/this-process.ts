// The attributes that traces and metrics of this process share, so that a collector can group them by replica.
import { randomUUID } from 'node:crypto'
import { VERSION } from '../network/user-agent.ts'

/** Several replicas have the same name, so each process has an id. */
export const OF_THIS_PROCESS = { 'service.version': VERSION, 'service.instance.id': randomUUID() }
