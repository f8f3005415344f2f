// The certificates for Redis over TLS: whether their texts can be used, and whether they contradict the address.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import * as z from 'zod'
import { isSet } from './secret-files.ts'
import type { Texts } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

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

/** A setting without an effect is a problem: its operator would count on a protection that is not there. */
export function redisProblems(env: Environment, texts: Texts): string[] {
  const has = isSet(env, texts)
  const url = (texts.REDIS_URL ?? '').toLowerCase()
  const isUnread = texts.REDIS_URL === undefined && has('REDIS_URL')
  const { REDIS_CLIENT_CERT: certificate, REDIS_CLIENT_KEY: key } = texts
  const problems: string[] = []
  if (!isUnread && !url.startsWith('rediss'))
    for (const name of ['REDIS_CA', 'REDIS_CLIENT_CERT', 'REDIS_CLIENT_KEY', 'REDIS_SERVERNAME'] as const)
      if (has(name))
        problems.push(
          `REDIS_URL must be rediss://, rediss+sentinel:// or rediss+cluster:// with ${name}: without TLS it has no effect`,
        )
  for (const name of ['REDIS_SENTINEL_USER', 'REDIS_SENTINEL_PASSWORD'] as const)
    if (!isUnread && has(name) && !/^rediss?\+sentinel:/.test(url))
      problems.push(`REDIS_URL must be redis+sentinel:// with ${name}`)
  if (has('REDIS_SENTINEL_USER') && !has('REDIS_SENTINEL_PASSWORD'))
    problems.push('REDIS_SENTINEL_PASSWORD is missing: REDIS_SENTINEL_USER needs it')
  if (has('REDIS_CLIENT_CERT') && !has('REDIS_CLIENT_KEY'))
    problems.push('REDIS_CLIENT_KEY is missing: REDIS_CLIENT_CERT needs its key')
  if (has('REDIS_CLIENT_KEY') && !has('REDIS_CLIENT_CERT'))
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
