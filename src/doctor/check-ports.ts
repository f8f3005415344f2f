// Checks whether the ports of the gateway are free, or whether a gateway listens there already.
import { createServer } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { nameOf, ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

interface Port {
  readonly setting: 'PORT' | 'METRICS_PORT'
  readonly hostSetting: 'HOST' | 'METRICS_HOST'
  readonly port: number
  readonly host: string
  /** A path, and what a gateway answers there. */
  readonly path: string
  readonly answer: RegExp
}

const ASK_TIMEOUT_MS = 1_000
const MAX_ANSWER_BYTES = 1_000_000

export async function checkPorts(
  { port, host, metrics }: Pick<Config, 'port' | 'host' | 'metrics'>,
  clock: Clock,
): Promise<readonly Finding[]> {
  const ports: Port[] = [
    { setting: 'PORT', hostSetting: 'HOST', port, host, path: '/health', answer: /^\{"status":"ok"\}/ },
  ]
  if (metrics !== null)
    ports.push({
      ...metrics,
      setting: 'METRICS_PORT',
      hostSetting: 'METRICS_HOST',
      path: '/metrics',
      answer: /aurora_gateway_build_info/,
    })
  return Promise.all(ports.map((each) => checkPort(each, clock)))
}

async function checkPort(given: Port, clock: Clock): Promise<Finding> {
  const { setting, hostSetting, port, host } = given
  const where = `${setting} ${port} of ${host}`
  const fault = await tryPort(port, host)
  if (fault === null) return ok('ports', `${where} is free`)
  if (fault === 'EADDRINUSE')
    return (await isGateway(given, clock))
      ? ok('ports', `A gateway listens on ${where} already`)
      : wrong('ports', `Another program listens on ${where}`, `End it, or set ${setting} to another port`)
  if (fault === 'EACCES')
    return wrong(
      'ports',
      `This user may not listen on ${where}`,
      `Set ${setting} to a port from 1024 on, and let a proxy serve the other one`,
    )
  return wrong(
    'ports',
    `Nothing can listen on ${where}: ${fault}`,
    `Set ${hostSetting} to an address of this machine`,
  )
}

const tryPort = (port: number, host: string): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(nameOf(error)))
    server.listen({ port, host, exclusive: true }, () => void server.close(() => resolve(null)))
  })

const ANY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

async function isGateway({ port, host, path, answer }: Port, clock: Clock): Promise<boolean> {
  const over = new AbortController()
  const cancel = clock.after(ASK_TIMEOUT_MS, () => over.abort())
  const at = ANY[host] ?? host
  try {
    const url = `http://${at.includes(':') ? `[${at}]` : at}:${port}${path}`
    const response = await fetch(url, { signal: over.signal, redirect: 'manual' })
    let text = ''
    const decoder = new TextDecoder()
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true })
      if (text.length > MAX_ANSWER_BYTES) return false
    }
    return answer.test(text)
  } catch {
    return false
  } finally {
    cancel()
  }
}
