// Composes the gateway with other subgraphs, as the two composers do it that there are.
import { readFileSync } from 'node:fs'
import { composeServices as composeByApollo } from '@apollo/composition'
import { compositionHasErrors, composeServices as composeByGuild } from '@theguild/federation-composition'
import { parse } from 'graphql'

export interface Subgraph {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

export interface Composed {
  readonly errors: readonly string[]
  /** What a composer remarks on though it composes; one that makes no remarks has none. */
  readonly hints: readonly string[]
  readonly supergraph: string
}

const toService = ({ name, url, sdl }: Subgraph) => ({ name, url, typeDefs: parse(sdl) })

export const COMPOSERS: Readonly<Record<'apollo' | 'guild', (subgraphs: readonly Subgraph[]) => Composed>> = {
  apollo(subgraphs) {
    const { errors, hints, supergraphSdl } = composeByApollo(subgraphs.map(toService))
    return {
      errors: (errors ?? []).map(({ message }) => message),
      hints: (hints ?? []).map(({ definition, message }) => `${definition.code}: ${message}`),
      supergraph: supergraphSdl ?? '',
    }
  },
  guild(subgraphs) {
    const composed = composeByGuild(subgraphs.map(toService))
    if (!compositionHasErrors(composed)) return { errors: [], hints: [], supergraph: composed.supergraphSdl }
    return { errors: composed.errors.map(({ message }) => message), hints: [], supergraph: '' }
  },
}

/** The SDL of the gateway, as it is checked in. */
export const readSdl = (name: 'subgraph' | 'subgraph-2.9'): string =>
  readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8')
