import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { createLeaving, NEVER_LEFT } from '../../src/leaving.ts'
import type { Leaving } from '../../src/leaving.ts'

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

it('calls no listener that another one removes, as an AbortSignal does not', () => {
  for (const { signal, abort } of [createLeaving(), asLeaving(new AbortController())]) {
    const called: string[] = []
    const removed = (): void => void called.push('removed')
    signal.addEventListener('abort', () => {
      called.push('first')
      signal.removeEventListener('abort', removed)
    })
    signal.addEventListener('abort', removed)
    signal.addEventListener('abort', () => void called.push('last'))
    abort('left')
    expect(called).toEqual(['first', 'last'])
  }
})

const asLeaving = (controller: AbortController): Leaving => ({
  signal: controller.signal,
  abort: (reason) => controller.abort(reason),
})

it('calls those after a listener that throws, and throws its error afterwards', () => {
  const queued: (() => void)[] = []
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => void queued.push(task))
  const { signal, abort } = createLeaving()
  let isCalled = false
  signal.addEventListener('abort', () => {
    throw new Error('bug')
  })
  signal.addEventListener('abort', () => (isCalled = true))
  abort('left')
  spy.mockRestore()
  expect(isCalled).toBe(true)
  expect(queued).toHaveLength(1)
  expect(() => queued[0]?.()).toThrow('bug')
})

it('calls the same listeners in the same order as an AbortSignal, whatever was added and removed before', () => {
  const step = fc.tuple(fc.constantFrom('add', 'remove'), fc.integer({ min: 0, max: 3 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const [ours, theirs] = [createLeaving(), asLeaving(new AbortController())].map(({ signal, abort }) => {
        const called: number[] = []
        const listeners = [0, 1, 2, 3].map((name) => () => void called.push(name))
        for (const [what, name] of steps) {
          const listener = listeners[name] ?? (() => {})
          if (what === 'add') signal.addEventListener('abort', listener)
          else signal.removeEventListener('abort', listener)
        }
        abort('left')
        return called
      })
      expect(ours).toEqual(theirs)
    }),
  )
})
