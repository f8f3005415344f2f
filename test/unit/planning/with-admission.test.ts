import { describe, expect, it } from 'vitest'
import { withAdmission } from '../../../src/planning/with-admission.ts'
import { buildCall, buildSuccess } from '../../support/builders.ts'

describe('admission', () => {
  it('comes before the call, and a call that is not admitted is not made', async () => {
    const steps: string[] = []
    const upstream = withAdmission(async () => {
      steps.push('call')
      return buildSuccess()
    })
    const admit = async () => void steps.push('admitted')
    await upstream(buildCall({ admit }))
    expect(steps).toEqual(['admitted', 'call'])
    const refuse = () => Promise.reject(new Error('too much'))
    await expect(upstream(buildCall({ admit: refuse }))).rejects.toThrow('too much')
    expect(steps).toEqual(['admitted', 'call'])
  })

  it('is not asked for what nobody waits for', async () => {
    const upstream = withAdmission(async () => buildSuccess())
    const admit = () => Promise.reject(new Error('too much'))
    for (const callClass of ['revalidation', 'warmUp'] as const)
      await expect(upstream(buildCall({ admit, callClass }))).resolves.toMatchObject({ isSuccess: true })
  })
})
