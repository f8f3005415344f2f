// The certificates for Redis over TLS: whether their texts can be used, and whether they contradict the address.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import * as z from 'zod'
import type { Texts } from './settings.ts'

/** A bundle has several. */
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

export const certificates = () =>
  z.string().refine(areCertificates, 'must be one or more certificates in PEM').optional()

export const privateKey = () =>
  z.string().refine(isPrivateKey, 'must be a private key in PEM, without a passphrase').optional()

function areCertificates(text: string): boolean {
  const found = text.match(CERTIFICATES) ?? []
  return found.length > 0 && found.every((pem) => isAccepted(() => new X509Certificate(pem)))
}

const isPrivateKey = (text: string): boolean => isAccepted(() => createPrivateKey(text))

function isAccepted(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}

/** A setting without an effect would let its operator believe in a protection that is not there. */
export function redisProblems(texts: Texts): string[] {
  const url = (texts.REDIS_URL ?? '').toLowerCase()
  const { REDIS_CLIENT_CERT: certificate, REDIS_CLIENT_KEY: key } = texts
  const problems: string[] = []
  if (!url.startsWith('rediss'))
    for (const name of ['REDIS_CA', 'REDIS_CLIENT_CERT', 'REDIS_CLIENT_KEY', 'REDIS_SERVERNAME'] as const)
      if (texts[name] !== undefined)
        problems.push(
          `REDIS_URL must be rediss://, rediss+sentinel:// or rediss+cluster:// with ${name}: without TLS it has no effect`,
        )
  for (const name of ['REDIS_SENTINEL_USER', 'REDIS_SENTINEL_PASSWORD'] as const)
    if (texts[name] !== undefined && !/^rediss?\+sentinel:/.test(url))
      problems.push(`REDIS_URL must be redis+sentinel:// with ${name}`)
  if (texts.REDIS_SENTINEL_USER !== undefined && texts.REDIS_SENTINEL_PASSWORD === undefined)
    problems.push('REDIS_SENTINEL_PASSWORD is missing: REDIS_SENTINEL_USER needs it')
  if (certificate !== undefined && key === undefined)
    problems.push('REDIS_CLIENT_KEY is missing: REDIS_CLIENT_CERT needs its key')
  if (key !== undefined && certificate === undefined)
    problems.push('REDIS_CLIENT_CERT is missing: REDIS_CLIENT_KEY is the key of one')
  if (isMismatched(certificate, key))
    problems.push('REDIS_CLIENT_KEY must be the key of REDIS_CLIENT_CERT: it is another one')
  return problems
}

function isMismatched(certificate: string | undefined, key: string | undefined): boolean {
  if (certificate === undefined || key === undefined) return false
  if (!areCertificates(certificate) || !isPrivateKey(key)) return false
  return !new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
}
