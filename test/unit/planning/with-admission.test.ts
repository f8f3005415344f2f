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
})
