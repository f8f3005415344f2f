/**
 * @generated SignedSource<<f88e0671cab41fb25ba756c0fa163fc5>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest, FragmentRefs } from 'relay-runtime'
export type ProjectSortFieldInput = 'CREATED_AT' | 'CUSTOMER' | 'NAME' | 'STATUS' | '%future added value'
export type SortDirectionInput = 'ASC' | 'DESC' | '%future added value'
export type ProjectSortInput = {
  by: ProjectSortFieldInput
  direction?: SortDirectionInput | null | undefined
}
export type queriesFindQuery$variables = {
  count: number
  cursor?: string | null | undefined
  search?: string | null | undefined
  sort?: ProjectSortInput | null | undefined
}
export type queriesFindQuery$data = {
  readonly ' $fragmentSpreads': FragmentRefs<'queriesFind_projects'>
}
export type queriesFindQuery = {
  response: queriesFindQuery$data
  variables: queriesFindQuery$variables
}

const node: ConcreteRequest = (function () {
  var v0 = {
      defaultValue: null,
      kind: 'LocalArgument',
      name: 'count',
    },
    v1 = {
      defaultValue: null,
      kind: 'LocalArgument',
      name: 'cursor',
    },
    v2 = {
      defaultValue: null,
      kind: 'LocalArgument',
      name: 'search',
    },
    v3 = {
      defaultValue: null,
      kind: 'LocalArgument',
      name: 'sort',
    },
    v4 = {
      kind: 'Variable',
      name: 'search',
      variableName: 'search',
    },
    v5 = {
      kind: 'Variable',
      name: 'sort',
      variableName: 'sort',
    },
    v6 = [
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
      v4 /*:: as any*/,
      v5 /*:: as any*/,
    ]
  return {
    fragment: {
      argumentDefinitions: [v0 /*:: as any*/, v1 /*:: as any*/, v2 /*:: as any*/, v3 /*:: as any*/],
      kind: 'Fragment',
      metadata: null,
      name: 'queriesFindQuery',
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
            v4 /*:: as any*/,
            v5 /*:: as any*/,
          ],
          kind: 'FragmentSpread',
          name: 'queriesFind_projects',
        },
      ],
      type: 'Query',
      abstractKey: null,
    },
    kind: 'Request',
    operation: {
      argumentDefinitions: [v2 /*:: as any*/, v3 /*:: as any*/, v0 /*:: as any*/, v1 /*:: as any*/],
      kind: 'Operation',
      name: 'queriesFindQuery',
      selections: [
        {
          alias: null,
          args: v6 /*:: as any*/,
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
                    {
                      alias: null,
                      args: null,
                      kind: 'ScalarField',
                      name: 'id',
                      storageKey: null,
                    },
                    {
                      alias: null,
                      args: null,
                      kind: 'ScalarField',
                      name: 'name',
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
          args: v6 /*:: as any*/,
          filters: ['search', 'sort'],
          handle: 'connection',
          key: 'Find_projects',
          kind: 'LinkedHandle',
          name: 'projects',
        },
      ],
    },
    params: {
      cacheID: '1a35f74f3c54bd8958a8009dccb7c02a',
      id: null,
      metadata: {},
      name: 'queriesFindQuery',
      operationKind: 'query',
      text: 'query queriesFindQuery(\n  $search: String\n  $sort: ProjectSortInput\n  $count: Int!\n  $cursor: String\n) {\n  ...queriesFind_projects_fZxq9\n}\n\nfragment queriesFind_projects_fZxq9 on Query {\n  projects(search: $search, sort: $sort, first: $count, after: $cursor) {\n    edges {\n      node {\n        id\n        name\n        __typename\n      }\n      cursor\n    }\n    pageInfo {\n      endCursor\n      hasNextPage\n    }\n  }\n}\n',
    },
  }
})()

;(node as any).hash = '3fd0f0bf4b09b835d9d9a54046d547ed'

export default node
