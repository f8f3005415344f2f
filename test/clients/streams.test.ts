// Streams as the usual clients read them, with the kit and without: an event, a reconnect, a refusal, a shutdown.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client'
import { createOperationDescriptor } from 'relay-runtime'
import type { GraphQLResponse, Observable as RelayObservable } from 'relay-runtime'
import { describe, expect, it } from 'vitest'
import { createDevice } from '../../client/src/device.ts'
import type { Device } from '../../client/src/device.ts'
import { createStreamLink } from '../../client/src/apollo.ts'
import { createStreams } from '../../client/src/streams.ts'
import type { Streams } from '../../client/src/streams.ts'
import { KEY, openStreamGateway, WRONG_KEY } from './open-streams.ts'
import type { StreamGateway } from './open-streams.ts'
import { createApolloClient } from './recipes/apollo.ts'
import { createRelayEnvironment } from './recipes/relay.ts'
import { createUrqlClient } from './recipes/urql.ts'
import {
  createConnectAgainLink,
  createStreamClient,
  createUrqlStreamClient,
  watch,
  watchByUrql,
} from './streams-by-hand.ts'

/** Opens the subscription, and returns the function that ends it. */
type Open = (
  gateway: StreamGateway,
  headers: Record<string, string>,
  onResult: (result: unknown) => void,
) => () => void

const pause = (): number => 10

/** A pause is short, and nothing is silent for long. */
const device: Device = {
  ...createDevice(),
  after(waitMs, then) {
    const timer = waitMs < 10_000 ? setTimeout(then, 10) : undefined
    return () => clearTimeout(timer)
  },
}

const byKit: Open = ({ url, subscription: query }, headers, onAnswer) =>
  createStreams({ url, headers }, { device }).watch({ query }, { onAnswer })

const byUrqlWithKit: Open = ({ url, subscription: query }, headers, onResult) =>
  createUrqlClient({ url, headers, device })
    .subscription(query, {})
    .subscribe(({ data, error }) => onResult({ data, errors: error?.graphQLErrors })).unsubscribe

const byApolloWithKit: Open = ({ url, subscription: query }, headers, onResult) =>
  subscribe(createApolloClient({ url, headers, device }), query, onResult)

const byGraphqlSse: Open = ({ url, subscription: query }, headers, onResult) =>
  watch(createStreamClient({ url, headers }), { query }, { onResult, pause })

const byUrql: Open = ({ url, subscription: query }, headers, onResult) =>
  watchByUrql(createUrqlStreamClient({ url, headers }), query, { onResult, pause })

function subscribe(client: ApolloClient, query: string, onResult: (result: unknown) => void): () => void {
  const subscription = client
    .subscribe({ query: gql(query), errorPolicy: 'all' })
    .subscribe({ next: onResult, error: (error: unknown) => onResult({ error }) })
  return () => {
    subscription.unsubscribe()
    client.stop()
  }
}

const byApollo = (link: ApolloLink, query: string, onResult: (result: unknown) => void): (() => void) =>
  subscribe(
    new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.from([createConnectAgainLink(pause), link]),
    }),
    query,
    onResult,
  )

const byApolloParts: Open = ({ url, subscription: query }, headers, onResult) =>
  byApollo(new HttpLink({ uri: url, headers }), query, onResult)

const byRelay: Open = ({ url, subscription: query }, headers, onResult) => {
  const environment = createRelayEnvironment({ url, headers, device })
  const operation = createOperationDescriptor(
    {
      kind: 'Request',
      fragment: {
        kind: 'Fragment',
        name: 'Changed',
        type: 'Subscription',
        metadata: null,
        argumentDefinitions: [],
        selections: [],
      },
      operation: { kind: 'Operation', name: 'Changed', argumentDefinitions: [], selections: [] },
      params: {
        id: null,
        cacheID: 'a',
        name: 'Changed',
        operationKind: 'subscription',
        text: query,
        metadata: {},
      },
    } as unknown as Parameters<typeof createOperationDescriptor>[0],
    {},
  )
  const subscription = (environment as unknown as Subscribing).executeSubscription({ operation }).subscribe({
    next: (response: GraphQLResponse) => onResult(response),
    error: (error: unknown) => onResult({ error }),
  })
  return () => subscription.unsubscribe()
}

/** A method that the types leave out. */
interface Subscribing {
  executeSubscription(config: object): RelayObservable<GraphQLResponse>
}

describe.each<[string, Open]>([
  ['graphql-sse', byGraphqlSse],
  ['urql, by itself', byUrql],
  ['Apollo Client, multipart by itself', byApolloParts],
  ['the kit', byKit],
  ['urql', byUrqlWithKit],
  ['Apollo Client', byApolloWithKit],
  ['Relay', byRelay],
])('%s', (_, open) => {
  const openWith = (gateway: StreamGateway, headers: Record<string, string>) => {
    const results: string[] = []
    const end = open(gateway, headers, (result) =>
      results.push(
        JSON.stringify(result, (_name, value: unknown) =>
          value instanceof Error
            ? { ...Object.fromEntries(Object.entries(value)), message: value.message }
            : value,
        ),
      ),
    )
    const until = (text: string): Promise<void> =>
      gateway.until(() => results.some((result) => result.includes(text)))
    return { results, until, [Symbol.dispose]: end }
  }

  it('gets each answer, and closes the connection when it is left', async () => {
    await using gateway = await openStreamGateway()
    const client = openWith(gateway, KEY)
    await client.until('"name"')
    await gateway.rename('second')
    await client.until('second')
    await gateway.rename('ü\n third')
    await client.until('ü\\n third')
    client[Symbol.dispose]()
    await gateway.until(() => gateway.ends.length > 0)
    expect(gateway.ends).toEqual(['left'])
    expect(client.results.filter((result) => result.includes('second'))).toHaveLength(1)
    expect(gateway.takeCalls().filter((call) => call.includes('GET'))).toHaveLength(1)
  })

  it('connects again after an end, and has the present state, which costs no call', async () => {
    await using gateway = await openStreamGateway()
    using client = openWith(gateway, KEY)
    await client.until('"name"')
    gateway.takeCalls()
    gateway.endAll()
    await gateway.until(() => client.results.length === 2)
    expect([client.results[1], gateway.countOpened(), gateway.takeCalls()]).toEqual([
      expect.stringContaining('"name"'),
      2,
      [],
    ])
  })

  it('connects again after its connection was cut, and shows no error', async () => {
    await using gateway = await openStreamGateway()
    using client = openWith(gateway, KEY)
    await client.until('"name"')
    gateway.takeCalls()
    gateway.cutAll()
    await gateway.until(() => gateway.countOpened() === 2)
    await gateway.rename('second')
    await client.until('second')
    expect(client.results.join()).not.toContain('rror')
    expect(gateway.takeCalls().filter((call) => call.includes('GET'))).toHaveLength(1)
  })

  it('shows a refusal with its code once, and does not ask again', async () => {
    await using gateway = await openStreamGateway()
    using client = openWith(gateway, WRONG_KEY)
    await client.until('UNAUTHENTICATED')
    expect(client.results.filter((result) => result.includes('UNAUTHENTICATED'))).toHaveLength(1)
    expect([gateway.countOpened(), gateway.takeCalls()]).toEqual([0, []])
  })

  it('sees no error in a shutdown', async () => {
    await using gateway = await openStreamGateway()
    using client = openWith(gateway, KEY)
    await client.until('"name"')
    // Beyond its own stream, it tries again where nobody answers any more.
    await gateway.close()
    client[Symbol.dispose]()
    expect(gateway.ends).toEqual(['shutdown'])
    expect(client.results.join()).not.toContain('rror')
  })
})

describe('an error beside data', () => {
  const answer = { data: { project: null }, errors: [{ message: 'for the time being' }] }

  it('is no end to a watch: it connects again', async () => {
    let opened = 0
    const client = {
      subscribe(_operation: unknown, sink: { next(result: object): void; complete(): void }) {
        opened += 1
        sink.next(answer)
        if (opened < 3) sink.complete()
        return () => {}
      },
    } as unknown as Parameters<typeof watch>[0]
    const end = watch(client, { query: '' }, { onResult: () => {}, pause })
    await expect.poll(() => opened).toBe(3)
    end()
  })

  it('is no end to a subscription of Apollo Client: it connects again', async () => {
    let opened = 0
    const link = new ApolloLink(
      () =>
        new Observable((sink) => {
          opened += 1
          sink.next(answer)
          if (opened < 3) sink.complete()
        }),
    )
    const end = byApollo(link, 'subscription { project }', () => {})
    await expect.poll(() => opened).toBe(3)
    end()
  })
})

describe('a live query', () => {
  it('is given to urql anew, by the exchange for streams', async () => {
    await using gateway = await openStreamGateway()
    const client = createUrqlClient({ url: gateway.url, headers: KEY, device })
    const names: unknown[] = []
    const subscription = client
      .query(gateway.live, {})
      .subscribe(({ data }) => void names.push((data as Shown | undefined)?.project.name))
    await gateway.until(() => names.length > 0)
    await gateway.rename('second')
    await gateway.until(() => names.includes('second'))
    subscription.unsubscribe()
    await gateway.until(() => gateway.ends.length > 0)
    expect(gateway.ends).toEqual(['left'])
  })

  it('is given to Apollo Client anew, by the link for streams', async () => {
    await using gateway = await openStreamGateway()
    const client = createApolloClient({ url: gateway.url, headers: KEY, device })
    const names: unknown[] = []
    const subscription = client
      .watchQuery<Shown>({ query: gql(gateway.live) })
      .subscribe(({ data }) => void names.push(data?.project?.name))
    await gateway.until(() => names.length > 0)
    await gateway.rename('second')
    await gateway.until(() => names.includes('second'))
    subscription.unsubscribe()
    client.stop()
    await gateway.until(() => gateway.ends.length > 0)
    expect(gateway.ends).toEqual(['left'])
  })

  it('has what the cache of Apollo Client holds in the place of what was refused, and its error', async () => {
    const refused = { message: 'later', path: ['project'], extensions: { retryAfter: 60 } }
    const streams: Streams = {
      watch(_operation, { onAnswer }) {
        onAnswer({ data: { project: { __typename: 'Project', id: '1', name: 'known' } } }, false)
        onAnswer({ data: { project: null }, errors: [refused] }, false)
        return () => {}
      },
    }
    const client = new ApolloClient({ cache: new InMemoryCache(), link: createStreamLink(streams) })
    const answers: unknown[] = []
    const subscription = client
      .watchQuery<Shown>({
        query: gql('query Shown @live { project(id: "1") { id name } }'),
        errorPolicy: 'all',
      })
      .subscribe(({ data, error }) => void answers.push([data?.project?.name, error?.message]))
    await expect.poll(() => answers).toContainEqual(['known', 'later'])
    subscription.unsubscribe()
    client.stop()
  })
})

interface Shown {
  readonly project: { readonly name: string }
}
