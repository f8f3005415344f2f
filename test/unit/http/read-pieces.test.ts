// What a closed connection has sent is not read any more: no step of the loop stays for it.
import { once } from 'node:events'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { httpLimits } from '../../../src/http/limits.ts'
import { readInPieces } from '../../../src/http/read-pieces.ts'

/** On a loop that never has time at once. */
async function open(take?: (piece: Buffer) => boolean, takeSoon: (piece: Buffer) => boolean = () => false) {
  const steps = new Set<() => void>()
  const parsed: string[] = []
  let isFull = false
  const socket = new Socket()
  const reader = readInPieces(socket, {
    limits: httpLimits,
    loop: {
      isFree: () => false,
      later(_kind, step) {
        const once = (): void => {
          steps.delete(once)
          step()
        }
        steps.add(once)
        return () => void steps.delete(once)
      },
    },
    address: '192.0.2.1',
    isFull: () => isFull,
    onHeld: () => {},
    startParser: () => void socket.on('data', (bytes) => parsed.push(String(bytes))),
    ...(take && { take }),
    takeSoon,
  })
  await nextTurn()
  const doStep = (): void => {
    for (const step of [...steps].slice(0, 1)) step()
  }
  return { socket, reader, steps, parsed, doStep, fill: (value: boolean) => void (isFull = value) }
}

it('a connection that closes takes its step out of the loop', async () => {
  const { socket, steps, parsed } = await open()
  socket.push('GET / HTTP/1.1\r\n\r\n')
  expect(steps.size).toBe(1)
  socket.destroy()
  await once(socket, 'close')
  expect(steps.size).toBe(0)
  expect(parsed).toEqual([])
})

it('a closed connection asks for no further step, also where requests had stayed unread', async () => {
  const { socket, reader, steps, doStep, fill } = await open()
  fill(true)
  socket.push('GET / HTTP/1.1\r\n\r\n')
  doStep()
  expect(reader.isHeld()).toBe(true)
  socket.destroy()
  fill(false)
  await once(socket, 'close')
  reader.goOn()
  expect(steps.size).toBe(0)
})

it('the step of goOn is taken out, too, and without a close all is read', async () => {
  const held = await Promise.all([open(), open()])
  for (const { socket, reader, doStep, fill } of held) {
    fill(true)
    socket.push('GET / HTTP/1.1\r\n\r\n')
    doStep()
    fill(false)
    reader.goOn()
  }
  const [closed, kept] = held
  closed.socket.destroy()
  await once(closed.socket, 'close')
  kept.doStep()
  expect([closed.steps.size, kept.steps.size]).toEqual([0, 0])
  expect([closed.parsed, kept.parsed]).toEqual([[], ['GET / HTTP/1.1\r\n\r\n']])
})

it('what can be dealt with as a whole is not cut, and what cannot is', async () => {
  const whole = `POST / HTTP/1.1\r\nx: ${'x'.repeat(2 * httpLimits.readFirstBytes)}\r\n\r\n`
  const taken: string[] = []
  const take = (piece: Buffer): boolean => String(piece) === whole && taken.push(whole) > 0
  const { socket, parsed, doStep } = await open(take)
  socket.push(whole)
  doStep()
  expect([taken, parsed]).toEqual([[whole], []])
  const other = whole.replace('POST', 'GET ')
  socket.push(other)
  doStep()
  expect(parsed).toEqual([other.slice(0, httpLimits.readFirstBytes)])
})

it('what takes less time than to let it wait does not wait, but never goes before what came earlier', async () => {
  const soon: string[] = []
  const { socket, steps, parsed, doStep } = await open(undefined, (piece) => {
    if (!String(piece).startsWith('soon')) return false
    soon.push(`${String(piece)} after ${parsed.length}`)
    return true
  })
  socket.push('soon 1')
  expect([soon, steps.size]).toEqual([['soon 1 after 0'], 0])
  socket.push('GET / HTTP/1.1\r\n\r\n')
  socket.push('soon 2')
  expect([soon.length, steps.size, parsed]).toEqual([1, 1, []])
  doStep()
  await nextTurn()
  expect([soon, parsed]).toEqual([['soon 1 after 0', 'soon 2 after 1'], ['GET / HTTP/1.1\r\n\r\n']])
})
