// Stands for the package undici in the bundle: what the program uses of it, without its mocks, caches, sockets and stores.
// The names below are those that src imports; the build fails where src imports another one.
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import api from 'undici/lib/api/index.js'
import buildConnector from 'undici/lib/core/connect.js'

// The package does the same when it is loaded.
Object.assign(Dispatcher.prototype, api)

export { Agent, buildConnector }

/** Only tokens of an identity provider need it, so it is loaded with the first of them. */
export const fetch = async (...given) =>
  (await import('undici/lib/web/fetch/index.js')).default.fetch(...given)
