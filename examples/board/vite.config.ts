// The page and the gateway have one origin, so no CORS is needed: the server passes /graphql on.
import { defaultClientConditions, defineConfig } from 'vite'

const proxy = { '/graphql': 'http://127.0.0.1:4000' }

export default defineConfig({
  // The kit from its source. An app that has installed the kit leaves this line out.
  resolve: { conditions: ['aurora-source', ...defaultClientConditions] },
  server: { proxy },
  preview: { proxy },
})
