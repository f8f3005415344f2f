import { expect, it } from 'vitest'
import { createLeaving, NEVER_LEFT } from '../../src/leaving.ts'

it('calls each listener once, in order, and keeps the first reason', () => {
  const { signal, abort } = createLeaving()
  const called: string[] = []
  const removed = (): void => void called.push('removed')
  signal.addEventListener('abort', () => void called.push('first'))
  signal.addEventListener('abort', removed)
  signal.addEventListener('abort', () => {
    called.push('second')
    abort('again')
  })
  signal.removeEventListener('abort', removed)
  expect(() => signal.throwIfAborted()).not.toThrow()
  abort('left')
  abort('later')
  expect(called).toEqual(['first', 'second'])
  expect([signal.aborted, signal.reason]).toEqual([true, 'left'])
  expect(() => signal.throwIfAborted()).toThrow('left')
})

it('calls no listener that comes after the end, as an AbortSignal does', () => {
  const { signal, abort } = createLeaving()
  abort('left')
  signal.addEventListener('abort', () => expect.unreachable())
  expect(NEVER_LEFT.aborted).toBe(false)
})
