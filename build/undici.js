// Stands for the package undici in the bundle: what the program uses of it, without its fetch, mocks, caches, sockets and stores.
// The names below are those that src imports; the build fails where src imports another one.
import Agent from 'undici/lib/dispatcher/agent.js'
import buildConnector from 'undici/lib/core/connect.js'

export { Agent, buildConnector }
