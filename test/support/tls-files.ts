// The certificate for tests as files, for servers that read none from their environment.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CERTIFICATE, PRIVATE_KEY } from './certificate.ts'

export interface TlsFiles extends Disposable {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

export function writeTlsFiles(): TlsFiles {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(cert, CERTIFICATE)
  writeFileSync(key, PRIVATE_KEY, { mode: 0o600 })
  return { cert, key, ca: cert, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}
