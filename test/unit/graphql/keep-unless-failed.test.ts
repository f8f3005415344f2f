import { expect, it } from 'vitest'
import { keepUnlessFailed } from '../../../src/graphql/keep-unless-failed.ts'

it('does the work once, also for those who ask meanwhile, and again only after a failure', async () => {
  const pending: PromiseWithResolvers<string>[] = []
  const get = keepUnlessFailed(() => {
    const work = withResolvers()
    pending.push(work)
    return work.promise
  })
  const failed = [get(), get()]
  expect(pending).toHaveLength(1)
  pending[0]?.reject(new Error('a bad moment'))
  for (const result of failed) await expect(result).rejects.toThrow('a bad moment')
  const kept = [get(), get()]
  expect(pending).toHaveLength(2)
  pending[1]?.resolve('page')
  expect(await Promise.all([...kept, get()])).toEqual(['page', 'page', 'page'])
  expect(pending).toHaveLength(2)
})

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>
  resolve(value: Value): void
  reject(error: Error): void
}

function withResolvers(): PromiseWithResolvers<string> {
  let settle: Pick<PromiseWithResolvers<string>, 'resolve' | 'reject'> | null = null
  const promise = new Promise<string>((resolve, reject) => void (settle = { resolve, reject }))
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (error) => settle?.reject(error),
  }
}
