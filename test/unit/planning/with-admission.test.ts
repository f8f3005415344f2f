import { describe, expect, it } from 'vitest'
import { withAdmission } from '../../../src/planning/with-admission.ts'
import { buildCall, buildReply } from '../../support/builders.ts'

describe('admission', () => {
  it('comes before the call, and a call that is not admitted is not made', async () => {
    const steps: string[] = []
    const upstream = withAdmission(async () => {
      steps.push('call')
      return buildReply()
    })
    const admitCalls = async () => void steps.push('admitted')
    await upstream(buildCall({ admitCalls }))
    expect(steps).toEqual(['admitted', 'call'])
    const refuse = () => Promise.reject(new Error('too much'))
    await expect(upstream(buildCall({ admitCalls: refuse }))).rejects.toThrow('too much')
    expect(steps).toEqual(['admitted', 'call'])
  })
})
