import { describe, expect, it } from 'vitest'
import { carriedMembers } from '../../../src/aurora/members.ts'
import { isCertainLink, isLink } from '../../../src/planning/links.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { Endpoint } from '../../../src/aurora/endpoint.ts'
import { WRITES } from '../../../src/aurora/writes.ts'
import { readAnswers } from '../../../schema/read-contract.ts'

const rows: readonly Endpoint[] = [...Object.values(READS), ...Object.values(WRITES)]
const endpoints = rows.filter(({ answers: form }) => form !== 'nothing')
const answers = readAnswers()

/** Members by name, each with the types that it may have; null where the answer has no body. */
function describedMembers({ operation, wrapper, answers: form }: Endpoint) {
  const body = answers.get(operation)
  const inner = wrapper === null ? body : body?.properties[wrapper]
  return (form === 'list' ? inner?.items : inner)?.properties ?? {}
}

describe('the table of members that answers carry', () => {
  it.each(endpoints.map((endpoint) => [endpoint.operation, endpoint] as const))(
    '%s: has those of the contract',
    (_operation, endpoint) => {
      expect(carriedMembers(endpoint.operation).toSorted()).toEqual(
        Object.keys(describedMembers(endpoint)).toSorted(),
      )
    },
  )

  it('calls certain only links that the contract never lets be null', () => {
    const uncertain = endpoints.flatMap((endpoint) =>
      Object.entries(describedMembers(endpoint)).flatMap(([member, { types }]) =>
        isCertainLink(endpoint.kind, member) && types.includes('null')
          ? [`${endpoint.operation}.${member}`]
          : [],
      ),
    )
    expect(uncertain).toEqual([])
  })

  it.each([
    ['owner_id', true],
    ['team_ids', true],
    ['id', false],
    ['external_provider_id', false],
    ['grid', false],
  ])('%s is a link: %s', (member, is) => {
    expect(isLink(member)).toBe(is)
  })
})
