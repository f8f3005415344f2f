import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { USER_AGENT } from '../../../src/network/user-agent.ts'

it('the name that is sent has the name and the version of the package', () => {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  expect(USER_AGENT).toBe(`${name}/${version}`)
})
