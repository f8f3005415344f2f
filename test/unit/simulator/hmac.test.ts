// The query signature, by its published vectors and in all the ways in which clients write it.

import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isSignedBy } from '../../../src/simulator/hmac.ts'
import type { SignedRequest } from '../../../src/simulator/hmac.ts'

const CREDENTIAL = { key: 'demo-key-01', secret: 'demo-secret-01' }
const TENANT = '/v2/tenants/7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90'
const TIMESTAMP = '2026-03-04%2017:25:09%20UTC'
const STAMP = `AuroraKey=demo-key-01&Timestamp=${TIMESTAMP}`

const isSigned = (request: Partial<SignedRequest>): boolean =>
  isSignedBy({ method: 'GET', path: TENANT, rawQuery: '', ...request }, CREDENTIAL)

const sign = (text: string): string => createHmac('sha256', CREDENTIAL.secret).update(text).digest('base64')

describe('the vectors', () => {
  it('take a GET without parameters', () => {
    expect(isSigned({ rawQuery: `${STAMP}&Signature=Szrx82QrWMXQPUnxLpZyC0p5/Ip04lLlJ8fwDG95qIw=` })).toBe(
      true,
    )
  })

  it('take a GET with parameters, in whatever order they are sent', () => {
    const signature = 'Signature=ejhJplzGbSGlZLsY8w1hq05o/0X/E/XfrHMMa2KanHs='
    const path = `${TENANT}/projects`
    expect(isSigned({ path, rawQuery: `page=2&per_page=250&${STAMP}&${signature}` })).toBe(true)
    expect(isSigned({ path, rawQuery: `${signature}&per_page=250&${STAMP}&page=2` })).toBe(true)
  })

  it('take a POST with the members of its body', () => {
    const body = JSON.stringify({
      design: { project_id: 'c1b7f4e2-0a93-4d6f-8b15-5e72d9a3f604', name: 'South roof' },
    })
    const rawQuery = `${STAMP}&Signature=xupzM6IcE13bZwUzv5ZvRBuZepmJRDMSBExY13mfAZw=`
    expect(isSigned({ method: 'POST', path: `${TENANT}/designs`, rawQuery, body })).toBe(true)
  })
})

describe('the variants', () => {
  const signature = 'ejhJplzGbSGlZLsY8w1hq05o/0X/E/XfrHMMa2KanHs='
  it.each([
    ['without its final =', signature.slice(0, -1)],
    ['escaped for a path segment', encodeURIComponent(signature)],
    ['escaped but for the =', signature.replaceAll('/', '%2F')],
  ])('take a signature %s', (_, written) => {
    const rawQuery = `page=2&per_page=250&${STAMP}&Signature=${written}`
    expect(isSigned({ path: `${TENANT}/projects`, rawQuery })).toBe(true)
  })

  it('take a + in an unescaped signature for what it is', () => {
    const found = Array.from({ length: 64 }, (_, page) => {
      const text = `GET\n${TENANT}/projects\nAuroraKey=demo-key-01\nTimestamp=${TIMESTAMP}\npage=${page}\n`
      return { page, signature: sign(text) }
    }).find((candidate) => candidate.signature.includes('+'))
    const rawQuery = `page=${found?.page}&${STAMP}&Signature=${found?.signature}`
    expect(isSigned({ path: `${TENANT}/projects`, rawQuery })).toBe(true)
  })

  it('take a path that was lowered before signing, and one that was not', () => {
    const path = `${TENANT.toUpperCase().replace('/V2/TENANTS', '/v2/tenants')}`
    const text = (signedPath: string) => `GET\n${signedPath}\nAuroraKey=demo-key-01\nTimestamp=${TIMESTAMP}\n`
    for (const signedPath of [path, path.toLowerCase()]) {
      expect(isSigned({ path, rawQuery: `${STAMP}&Signature=${sign(text(signedPath))}` })).toBe(true)
    }
  })

  it('take an unprefixed path that was signed as it is', () => {
    const path = TENANT.replace('/v2', '')
    const text = `GET\n${path}\nAuroraKey=demo-key-01\nTimestamp=${TIMESTAMP}\n`
    expect(isSigned({ path, rawQuery: `${STAMP}&Signature=${sign(text)}` })).toBe(true)
  })

  it('take members of a body that were sorted without regard to case', () => {
    const body = JSON.stringify({ b: 1, A: [1, 'x'], C: 'y' })
    const start = `POST\n${TENANT}/designs\nAuroraKey=demo-key-01\nTimestamp=${TIMESTAMP}\n`
    for (const line of ['A=[1,x]&C=y&b=1\n', 'A=[1,x]&b=1&C=y\n']) {
      const rawQuery = `${STAMP}&Signature=${sign(start + line)}`
      expect(isSigned({ method: 'POST', path: `${TENANT}/designs`, rawQuery, body })).toBe(true)
    }
  })

  it('take the three members inside the body of a write', () => {
    const text = `POST\n${TENANT}/designs\nAuroraKey=demo-key-01\nTimestamp=${TIMESTAMP}\nname=x\n`
    const body = JSON.stringify({
      name: 'x',
      AuroraKey: 'demo-key-01',
      Timestamp: '2026-03-04 17:25:09 UTC',
      Signature: sign(text),
    })
    expect(isSigned({ method: 'POST', path: `${TENANT}/designs`, body })).toBe(true)
  })
})

describe('a signature is refused', () => {
  const good = 'Szrx82QrWMXQPUnxLpZyC0p5/Ip04lLlJ8fwDG95qIw='
  it.each([
    ['of another path', { path: `${TENANT}/projects`, rawQuery: `${STAMP}&Signature=${good}` }],
    ['of another verb', { method: 'DELETE', rawQuery: `${STAMP}&Signature=${good}` }],
    ['of other parameters', { rawQuery: `page=1&${STAMP}&Signature=${good}` }],
    ['of another time', { rawQuery: `${STAMP.replace('17:25', '17:26')}&Signature=${good}` }],
    ['of another key', { rawQuery: `${STAMP.replace('key-01', 'key-02')}&Signature=${good}` }],
    ['that is empty', { rawQuery: `${STAMP}&Signature=` }],
    ['that is missing', { rawQuery: STAMP }],
    ['that is cut', { rawQuery: `${STAMP}&Signature=${good.slice(0, 20)}` }],
  ])('%s', (_, request) => {
    expect(isSigned(request)).toBe(false)
  })
})
