/**
 * @generated SignedSource<<2779c3d612461905eec2bb0fdde15316>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest, FragmentRefs } from 'relay-runtime'
export type queriesProjectsPageQuery$variables = {
  count: number
  cursor?: string | null | undefined
}
export type queriesProjectsPageQuery$data = {
  readonly ' $fragmentSpreads': FragmentRefs<'queriesProjects'>
}
export type queriesProjectsPageQuery = {
  response: queriesProjectsPageQuery$data
  variables: queriesProjectsPageQuery$variables
}

const node: ConcreteRequest = (function () {
  var v0 = [
      {
        defaultValue: null,
        kind: 'LocalArgument',
        name: 'count',
      },
      {
        defaultValue: null,
        kind: 'LocalArgument',
        name: 'cursor',
      },
    ],
    v1 = [
      {
        kind: 'Variable',
        name: 'after',
        variableName: 'cursor',
      },
      {
        kind: 'Variable',
        name: 'first',
        variableName: 'count',
      },
    ],
    v2 = {
      alias: null,
      args: null,
      kind: 'ScalarField',
      name: 'id',
      storageKey: null,
    },
    v3 = {
      alias: null,
      args: null,
      kind: 'ScalarField',
      name: 'name',
      storageKey: null,
    }
  return {
    fragment: {
      argumentDefinitions: v0 /*:: as any*/,
      kind: 'Fragment',
      metadata: null,
      name: 'queriesProjectsPageQuery',
      selections: [
        {
          args: [
            {
              kind: 'Variable',
              name: 'count',
              variableName: 'count',
            },
            {
              kind: 'Variable',
              name: 'cursor',
              variableName: 'cursor',
            },
          ],
          kind: 'FragmentSpread',
          name: 'queriesProjects',
        },
      ],
      type: 'Query',
      abstractKey: null,
    },
    kind: 'Request',
    operation: {
      argumentDefinitions: v0 /*:: as any*/,
      kind: 'Operation',
      name: 'queriesProjectsPageQuery',
      selections: [
        {
          alias: null,
          args: v1 /*:: as any*/,
          concreteType: 'ProjectConnection',
          kind: 'LinkedField',
          name: 'projects',
          plural: false,
          selections: [
            {
              alias: null,
              args: null,
              concreteType: 'ProjectEdge',
              kind: 'LinkedField',
              name: 'edges',
              plural: true,
              selections: [
                {
                  alias: null,
                  args: null,
                  concreteType: 'Project',
                  kind: 'LinkedField',
                  name: 'node',
                  plural: false,
                  selections: [
                    v2 /*:: as any*/,
                    v3 /*:: as any*/,
                    {
                      alias: null,
                      args: null,
                      concreteType: 'User',
                      kind: 'LinkedField',
                      name: 'owner',
                      plural: false,
                      selections: [
                        {
                          alias: null,
                          args: null,
                          kind: 'ScalarField',
                          name: 'firstName',
                          storageKey: null,
                        },
                        v2 /*:: as any*/,
                      ],
                      storageKey: null,
                    },
                    {
                      alias: null,
                      args: null,
                      concreteType: 'Design',
                      kind: 'LinkedField',
                      name: 'designs',
                      plural: true,
                      selections: [v2 /*:: as any*/, v3 /*:: as any*/],
                      storageKey: null,
                    },
                    {
                      alias: null,
                      args: null,
                      kind: 'ScalarField',
                      name: 'status',
                      storageKey: null,
                    },
                    {
                      alias: null,
                      args: null,
                      kind: 'ScalarField',
                      name: '__typename',
                      storageKey: null,
                    },
                  ],
                  storageKey: null,
                },
                {
                  alias: null,
                  args: null,
                  kind: 'ScalarField',
                  name: 'cursor',
                  storageKey: null,
                },
              ],
              storageKey: null,
            },
            {
              alias: null,
              args: null,
              concreteType: 'PageInfo',
              kind: 'LinkedField',
              name: 'pageInfo',
              plural: false,
              selections: [
                {
                  alias: null,
                  args: null,
                  kind: 'ScalarField',
                  name: 'endCursor',
                  storageKey: null,
                },
                {
                  alias: null,
                  args: null,
                  kind: 'ScalarField',
                  name: 'hasNextPage',
                  storageKey: null,
                },
              ],
              storageKey: null,
            },
          ],
          storageKey: null,
        },
        {
          alias: null,
          args: v1 /*:: as any*/,
          filters: null,
          handle: 'connection',
          key: 'queries_projects',
          kind: 'LinkedHandle',
          name: 'projects',
        },
      ],
    },
    params: {
      cacheID: 'd6cc9b93ffdcc18f03fa3e1d18a34885',
      id: null,
      metadata: {},
      name: 'queriesProjectsPageQuery',
      operationKind: 'query',
      text: 'query queriesProjectsPageQuery(\n  $count: Int!\n  $cursor: String\n) {\n  ...queriesProjects_1G22uz\n}\n\nfragment queriesProject on Project {\n  id\n  status\n}\n\nfragment queriesProjects_1G22uz on Query {\n  projects(first: $count, after: $cursor) {\n    edges {\n      node {\n        id\n        name\n        owner {\n          firstName\n          id\n        }\n        designs {\n          id\n          name\n        }\n        ...queriesProject\n        __typename\n      }\n      cursor\n    }\n    pageInfo {\n      endCursor\n      hasNextPage\n    }\n  }\n}\n',
    },
  }
})()

;(node as any).hash = 'd931e15c21d65c97eb68994e5e6d178a'

export default node
