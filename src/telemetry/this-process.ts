// What traces and metrics of this process have in common, so that a collector can tell that they are of one replica.
import { randomUUID } from 'node:crypto'
import { VERSION } from '../network/user-agent.ts'

/** Several replicas have one name, so each process has an id. */
export const OF_THIS_PROCESS = { 'service.version': VERSION, 'service.instance.id': randomUUID() }
