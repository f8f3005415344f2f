// A Relay environment for this gateway.
import { createRelayFunctions } from 'aurora-graphql-client/relay'
import type { RelayOptions } from 'aurora-graphql-client/relay'
import { Environment, Network, RecordSource, Store } from 'relay-runtime'

export function createRelayEnvironment(options: RelayOptions): Environment {
  const { fetchQuery, subscribe } = createRelayFunctions(options)
  return new Environment({
    network: Network.create(fetchQuery, subscribe),
    store: new Store(new RecordSource()),
  })
}
