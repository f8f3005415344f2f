/**
 * @generated SignedSource<<c79ff8ffb1d5f6cba343a591237fe3e6>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest, FragmentRefs } from 'relay-runtime'
export type queriesProjectAgainQuery$variables = {
  id: string
}
export type queriesProjectAgainQuery$data = {
  readonly node:
    | {
        readonly ' $fragmentSpreads': FragmentRefs<'queriesProject'>
      }
    | null
    | undefined
}
export type queriesProjectAgainQuery = {
  response: queriesProjectAgainQuery$data
  variables: queriesProjectAgainQuery$variables
}

const node: ConcreteRequest = (function () {
  var v0 = [
      {
        defaultValue: null,
        kind: 'LocalArgument',
        name: 'id',
      },
    ],
    v1 = [
      {
        kind: 'Variable',
        name: 'id',
        variableName: 'id',
      },
    ]
  return {
    fragment: {
      argumentDefinitions: v0 /*:: as any*/,
      kind: 'Fragment',
      metadata: null,
      name: 'queriesProjectAgainQuery',
      selections: [
        {
          alias: null,
          args: v1 /*:: as any*/,
          concreteType: null,
          kind: 'LinkedField',
          name: 'node',
          plural: false,
          selections: [
            {
              args: null,
              kind: 'FragmentSpread',
              name: 'queriesProject',
            },
          ],
          storageKey: null,
        },
      ],
      type: 'Query',
      abstractKey: null,
    },
    kind: 'Request',
    operation: {
      argumentDefinitions: v0 /*:: as any*/,
      kind: 'Operation',
      name: 'queriesProjectAgainQuery',
      selections: [
        {
          alias: null,
          args: v1 /*:: as any*/,
          concreteType: null,
          kind: 'LinkedField',
          name: 'node',
          plural: false,
          selections: [
            {
              alias: null,
              args: null,
              kind: 'ScalarField',
              name: '__typename',
              storageKey: null,
            },
            {
              alias: null,
              args: null,
              kind: 'ScalarField',
              name: 'id',
              storageKey: null,
            },
            {
              kind: 'InlineFragment',
              selections: [
                {
                  alias: null,
                  args: null,
                  kind: 'ScalarField',
                  name: 'status',
                  storageKey: null,
                },
              ],
              type: 'Project',
              abstractKey: null,
            },
          ],
          storageKey: null,
        },
      ],
    },
    params: {
      cacheID: 'd4715b7a4e28842f7846b65c9cb5554c',
      id: null,
      metadata: {},
      name: 'queriesProjectAgainQuery',
      operationKind: 'query',
      text: 'query queriesProjectAgainQuery(\n  $id: ID!\n) {\n  node(id: $id) {\n    __typename\n    ...queriesProject\n    id\n  }\n}\n\nfragment queriesProject on Project {\n  id\n  status\n}\n',
    },
  }
})()

;(node as any).hash = 'be99dac03068b6939beb0402649a4a09'

export default node
