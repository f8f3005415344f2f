// Objects that are alike are counted together: the count is the one that executing each of them gives, for any query.
import fc from 'fast-check'
import { getNamedType, getNullableType, isListType, isObjectType, isRequiredArgument, parse } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import { expect, it } from 'vitest'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { createExecuteImagined } from '../../src/graphql/execute-imagined.ts'
import { schema } from '../../src/graphql/schema.ts'
import { createListEnds } from '../../src/loaders/list-ends.ts'
import { createPageShares } from '../../src/loaders/page-shares.ts'
import { createDryRun } from '../../src/planning/dry-run.ts'
import type { Outlook } from '../../src/planning/outlook.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { createTypicalReplies } from '../../src/planning/typical-replies.ts'
import { buildCall, buildReply } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'

const ROOTS = [
  'projects(first: 250) { nodes',
  'projects(first: 40) { edges { node',
  'designRequests',
  'sharedProjects(first: 30) { nodes',
  'users',
  'proposalTemplates',
  'partners',
] as const

/** Numbers that fast-check makes and shrinks. */
type Choose = (below: number) => number

/** Fields of a type that need no arguments, some of them with selections of their own. */
function select(type: GraphQLObjectType, choose: Choose, depth: number): string {
  const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument))
  const chosen = Array.from({ length: 1 + choose(4) }, () => fields[choose(fields.length)]).flatMap(
    (field) => {
      const inner = field && getNamedType(field.type)
      if (!field || !inner) return []
      if (!isObjectType(inner)) return [field.name]
      return depth === 0 ? [] : [`${field.name} { ${select(inner, choose, depth - 1)} }`]
    },
  )
  return [...chosen, '__typename'].join(' ')
}

function writeQuery(choose: Choose): string {
  const roots = Array.from({ length: 1 + choose(2) }, (_, index) => {
    const root = ROOTS[choose(ROOTS.length)] ?? ROOTS[0]
    const [name = ''] = root.split('(')
    const field = schema.getQueryType()?.getFields()[name]
    const listed = field && getNamedType(field.type)
    const isSlice = field && !isListType(getNullableType(field.type))
    const node =
      isSlice && isObjectType(listed) ? getNamedType(listed.getFields()['nodes']?.type ?? listed) : listed
    if (!isObjectType(node)) throw new Error(`${name} lists no objects`)
    const opened = (root.match(/\{/g) ?? []).length
    return `r${index}: ${root} { ${select(node, choose, 3)} }${' }'.repeat(opened)}`
  })
  return `{ ${roots.join(' ')} }`
}

const LINKS = ['owner_id', 'team_id', 'partner_id', 'ahj_id', 'order_id', 'project_id', 'design_id'] as const

/** What Aurora has answered before: lists of some length, with links to some objects, and members that some lack. */
function learn(typical: ReturnType<typeof createTypicalReplies>, choose: Choose): void {
  for (const endpoint of [
    READS.listProjects,
    READS.listDesigns,
    READS.listFinancings,
    READS.listDesignRequests,
  ])
    for (let list = 0; list < choose(3); list += 1) {
      const different = 1 + choose(5)
      const items = Array.from({ length: choose(7) }, (_, index) => ({
        id: `${list}-${index}`,
        ...(choose(5) > 0 && { name: 'x' }),
        ...Object.fromEntries(
          LINKS.map((link) => [link, choose(3) > 0 ? `${link}-${choose(different)}` : null]),
        ),
      }))
      typical.learn(buildCall({ endpoint, path: {} }), buildReply(items))
    }
}

const numbers = fc.array(fc.nat(9_999), { minLength: 80, maxLength: 80 })

function chooserOf(given: readonly number[]): Choose {
  let at = 0
  return (below) => (given[at++ % given.length] ?? 0) % below
}

it('counts together what executing each object counts, or executes each', async () => {
  let together = 0
  let all = 0
  await fc.assert(
    fc.asyncProperty(
      numbers,
      numbers,
      fc.constantFrom<Outlook>('certain', 'expected', 'max', 'min'),
      async (asked, seen, outlook) => {
        const document = parse(writeQuery(chooserOf(asked)))
        const listEnds = createListEnds({ clock: createManualClock() })
        const typicalReplies = createTypicalReplies(listEnds)
        learn(typicalReplies, chooserOf(seen))
        const cache = createCache({ maxBytes: 1e6, clock: createManualClock() })
        const { terms } = buildCall()
        let givenUp = false
        const open = (canGather: boolean) =>
          createPlanner({
            execute: createExecuteImagined(schema),
            createDryRun(_, isGathering) {
              if (canGather && !isGathering) givenUp = true
              return createDryRun(outlook, {
                isGathering: canGather && isGathering,
                terms,
                cache,
                typicalReplies,
                currentPath: () => null,
                pageShares: createPageShares(),
                listEnds,
                pageSize: 250,
                maxCalls: 2000,
                fields: { left: 1e6 },
              })
            },
          })
        const operation = { document, variables: null, operationName: null }
        const [counted, exact] = [
          await open(true).count(operation, 'expected'),
          await open(false).count(operation, 'expected'),
        ]
        all += 1
        together += givenUp ? 0 : 1
        expect(counted).toEqual(exact)
      },
    ),
    { numRuns: examplesOf(60) },
  )
  expect(together).toBeGreaterThan(all / 2)
})
