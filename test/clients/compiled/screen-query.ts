/**
 * @generated SignedSource<<b20c6655a6e4dca987cb58edf8b768c6>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest, FragmentRefs } from 'relay-runtime'
export type queriesScreenQuery$variables = {
  count: number
}
export type queriesScreenQuery$data = {
  readonly ' $fragmentSpreads': FragmentRefs<'queriesProjects'>
}
export type queriesScreenQuery = {
  response: queriesScreenQuery$data
  variables: queriesScreenQuery$variables
}

const node: ConcreteRequest = (function () {
  var v0 = [
      {
        defaultValue: null,
        kind: 'LocalArgument',
        name: 'count',
      },
    ],
    v1 = [
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
      name: 'queriesScreenQuery',
      selections: [
        {
          args: [
            {
              kind: 'Variable',
              name: 'count',
              variableName: 'count',
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
      name: 'queriesScreenQuery',
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
      cacheID: '03552673987f732db5538a2c648b28f5',
      id: null,
      metadata: {},
      name: 'queriesScreenQuery',
      operationKind: 'query',
      text: 'query queriesScreenQuery(\n  $count: Int!\n) {\n  ...queriesProjects_yu5n1\n}\n\nfragment queriesProject on Project {\n  id\n  status\n}\n\nfragment queriesProjects_yu5n1 on Query {\n  projects(first: $count) {\n    edges {\n      node {\n        id\n        name\n        owner {\n          firstName\n          id\n        }\n        designs {\n          id\n          name\n        }\n        ...queriesProject\n        __typename\n      }\n      cursor\n    }\n    pageInfo {\n      endCursor\n      hasNextPage\n    }\n  }\n}\n',
    },
  }
})()

;(node as any).hash = '886a063e079060e7c4eb2a87aa4ea7ff'

export default node
