// A real nginx before the gateway, with the settings that docs/streams.md recommends, on a port of its own.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from './needs.ts'
import { waitUntil } from './wait-until.ts'

export const nginxPath = findProgram('nginx', ['/usr/sbin/nginx', '/usr/bin/nginx'])

export interface Nginx extends AsyncDisposable {
  readonly url: string
}

/** `location`: directives for what is passed on, beside the recommended ones. */
export const openNginx = (target: string, location: string): Promise<Nginx> =>
  openNginxOf(
    (port) => `gzip on; gzip_types text/plain application/json;
  server {
    listen 127.0.0.1:${port};
    location = /favicon.ico { return 204; }
    location = / { default_type text/html; return 200 '<!doctype html><title>page</title>'; }
    location /graphql {
      proxy_pass ${target};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      ${location}
    }
  }`,
  )

/** `http`: what stands in the block `http` of its settings, for a server on a port. */
export async function openNginxOf(http: (port: number) => string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const port = await findFreePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr warn; worker_processes 1;
events { worker_connections 64; }
http {
  access_log off; ${paths} ${http(port)}
}`,
  )
  const child = spawn(nginxPath ?? 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => void child.once('close', resolve))
  const url = `http://127.0.0.1:${port}`
  await waitUntil(() =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  )
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => void server.close(resolve))
  return port
}
