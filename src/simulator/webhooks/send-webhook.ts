// One attempt to deliver a webhook: a GET without a body, whose redirects are not followed.

import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface WebhookRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Returns the status. Rejects if no answer came, or when `signal` aborts. */
export type SendWebhook = (request: WebhookRequest, signal: AbortSignal) => Promise<number>

/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 65_536

export const sendWebhook: SendWebhook = ({ url, headers }, signal) =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    // A new connection for each attempt, because a kept one may be closed by the receiver, which would count as a failure.
    const sent = send(url, {
      headers: { 'user-agent': 'aurora-simulator', ...headers },
      signal,
      agent: false,
    })
    sent.once('error', reject)
    sent.once('response', (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) end()
      })
      const end = (): void => {
        resolve(response.statusCode ?? 0)
        sent.destroy()
      }
      response.once('end', end)
      response.once('error', reject)
      response.once('close', () => reject(new Error('the answer was cut off')))
    })
    sent.end()
  })
