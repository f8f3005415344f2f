// The owner of the slot in a cluster of more nodes than are asked at a time. The nodes are no Redis, and say what one would say.
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { createCluster } from '../../../src/redis/cluster.ts'
import { nth } from '../../support/builders.ts'
import { waitUntil } from '../../support/wait-until.ts'

const PRIMARIES = 20
/** Of each primary. */
const REPLICAS = 2

interface Node {
  readonly id: string
  readonly server: Server
  readonly port: number
}

/** Answers what is asked of the cluster by the words that `answers` has. */
async function startNode(id: string, answers: () => Readonly<Record<string, string>>): Promise<Node> {
  const server = createServer((socket) => {
    let received = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (let found = next(received); found; found = next(received)) {
        received = received.slice(found.index + found[0].length)
        socket.write(answers()[nth(found, 1).toLowerCase()] ?? '')
      }
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return { id, server, port: (server.address() as AddressInfo).port }
}

const next = (text: string) => /\r\n(keyslot|myid|info|slots)\r\n/i.exec(text)

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`
const list = (items: readonly string[]): string => `*${items.length}\r\n${items.join('')}`
const number = (value: number): string => `:${value}\r\n`

/** The slots go up where the ids go down: those that have to confirm an owner are named last. */
async function startNodes() {
  const nodes: Node[] = []
  const describe = ({ id, port }: Node) => list([bulk('127.0.0.1'), number(port), bulk(id)])
  const ranges = () =>
    list(
      Array.from({ length: PRIMARIES }, (_, index) => {
        const group = nodes.slice(index * (1 + REPLICAS), (index + 1) * (1 + REPLICAS))
        return list([number(index * 100), number(index * 100 + 99), ...group.map(describe)])
      }),
    )
  for (let index = 0; index < PRIMARIES * (1 + REPLICAS); index += 1) {
    const id = String(1000 - index)
    nodes.push(
      await startNode(id, () => ({
        keyslot: number(50),
        myid: bulk(id),
        info: bulk(`cluster_my_epoch:${index + 1}\r\n`),
        slots: ranges(),
      })),
    )
  }
  return nodes
}

it('is found in a cluster of sixty nodes, of which one is named', async () => {
  const nodes = await startNodes()
  const servers = [{ host: '127.0.0.1', port: nth(nodes, 1).port }]
  const watch = createCluster({ servers, key: '{aurora:}probe', clock: createSystemClock() })
  try {
    await waitUntil(() => watch.primary() !== null)
    expect(watch.primary()?.port).toBe(nth(nodes, 0).port)
  } finally {
    watch.close()
    for (const { server } of nodes) server.close()
  }
})
