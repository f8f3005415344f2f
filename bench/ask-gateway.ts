// Asks a gateway over connections that stay open, and fails where its answer has errors.
import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true, maxSockets: 8 })

export function ask(url: string, query: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    request(`${url}/graphql`, { method: 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      answer.on('end', () => {
        if (answer.statusCode === 200 && !text.includes('"errors"')) resolve()
        else reject(new Error(text.slice(0, 500)))
      })
    })
      .on('error', reject)
      .end(JSON.stringify({ query }))
  })
}
