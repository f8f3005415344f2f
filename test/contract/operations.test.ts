// Every operation of the contract is served by the field that docs/operations.md names, or left out for a reason there.
import { readFileSync } from 'node:fs'
import { getNamedType, isInterfaceType, isLeafType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { schema } from '../../src/graphql/schema.ts'
import type { DataSet } from '../../src/simulator/data.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const { paths } = parse(read('schema/aurora.openapi.yaml')) as {
  paths: Record<string, Record<string, { operationId?: string }>>
}
const OPERATIONS = Object.values(paths).flatMap((item) =>
  Object.entries(item).flatMap(([method, { operationId }]) =>
    operationId === undefined ? [] : [{ operationId, isRead: method === 'get' }],
  ),
)

const [served = '', leftOut = ''] = read('docs/operations.md').split('## Left out')
const cellsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
/** Operation -> `Type.field`. */
const PLACES = new Map(cellsOf(served).map(([, operation = '', , field = '']) => [operation, field]))
const REASONS = new Map(cellsOf(leftOut).map(([, operation = '', reason = '']) => [operation, reason]))

function findField(place: string): GraphQLField<unknown, unknown> {
  const [typeName = '', fieldName = ''] = place.split('.')
  const type = schema.getType(typeName)
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined
  if (!field) throw new Error(`the schema has no ${place}`)
  return field
}

/** Every leaf without arguments, so that nothing less than the object's own read will do. */
function selectAll(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type)
  if (isLeafType(type)) return ''
  const own = isObjectType(type) && type.name.endsWith('Connection') ? nodeTypeOf(type) : type
  const leaves =
    isObjectType(own) || isInterfaceType(own)
      ? Object.values(own.getFields()).filter(
          ({ type: of, args }) => isLeafType(getNamedType(of)) && args.length === 0,
        )
      : []
  const selection = `{ __typename ${leaves.map(({ name }) => name).join(' ')} }`
  return own === type ? selection : `{ nodes ${selection} }`
}

const nodeTypeOf = (connection: GraphQLObjectType) => getNamedType(connection.getFields()['nodes']?.type)

/** Objects that have what is asked of them. */
function idsOf(data: DataSet): Readonly<Record<string, string | undefined>> {
  const anyOf = <Item>(items: (projectId: string) => readonly Item[]): Item | undefined =>
    data.projects.flatMap(({ id }) => [...items(id)])[0]
  const designs = data.projects.flatMap(({ id }) => [...data.designsOf(id)])
  const project = data.projects.find(({ id }) => data.profile(id) && data.utilityBillsOf(id).length > 0)
  const design = designs.find(({ financings }) => financings.length > 0)
  const financing = `${design?.design.id}/${design?.financings[0]?.id}`
  const request = data.projects
    .flatMap(({ id }) => [...data.planSetRequestsOf(id)])
    .find(({ status }) => status === 'completed')
  return {
    Project: project?.id,
    Design: design?.design.id,
    Financing: financing,
    UtilityBill: `${project?.id}/${data.utilityBillsOf(project?.id ?? '')[0]?.id}`,
    User: data.users[0]?.id,
    Webhook: data.webhooks[0]?.id,
    Module: data.modules[0]?.id,
    Inverter: data.inverters[0]?.id,
    DcOptimizer: data.dcOptimizers[0]?.id,
    ProposalTemplate: data.proposalTemplates[0]?.id,
    Ahj: data.projects.find(({ ahj_id: id }) => id)?.ahj_id ?? undefined,
    Order: data.projects.find(({ order_id: id }) => id)?.order_id ?? undefined,
    Agreement: anyOf((id) => data.agreementsOf(id))?.id,
    SiteSurvey: anyOf((id) => data.siteSurveysOf(id))?.id,
    Asset: anyOf((id) => data.projectAssetsOf(id))?.id,
    DesignRequest: data.designRequests()[0]?.id,
    EagleviewDesignRequest: anyOf((id) => data.eagleviewDesignRequestsOf(id))?.id,
    PlanSetRequest: request?.id,
  }
}

/** A document that asks for one field, with an object of its type around it and all that is below it. */
function writeQuery(place: string, { simulator }: TestGateway): string {
  const [typeName = '', fieldName = ''] = place.split('.')
  const field = findField(place)
  const ids = idsOf(simulator.data)
  const wanted = ids[getNamedType(field.type).name] ?? 'none'
  const args = field.args
    .filter(({ name }) => name === 'id' || name === 'jobId')
    .map(({ name }) => `${name}: "${name === 'id' ? wanted : 'no-such-job'}"`)
  const asked = `${fieldName}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selectAll(field)}`
  return typeName === 'Query'
    ? `{ ${asked} }`
    : `{ node(id: "${typeName}:${ids[typeName]}") { ... on ${typeName} { ${asked} } } }`
}

describe('the operations of the contract', () => {
  it('are all served or left out for a reason, and none besides', () => {
    expect([...PLACES.keys(), ...REASONS.keys()].toSorted()).toEqual(
      OPERATIONS.map(({ operationId }) => operationId).toSorted(),
    )
    expect([...REASONS.values()].filter((reason) => reason.length < 20)).toEqual([])
  })

  it.each(OPERATIONS.filter(({ operationId, isRead }) => isRead && PLACES.has(operationId)))(
    '$operationId is called for the field that is said to show it',
    async ({ operationId }) => {
      await using gateway = await createTestGateway({ simulator: { projectCount: 120 } })
      await gateway.ask(writeQuery(PLACES.get(operationId) ?? '', gateway))
      expect(gateway.simulator.calls.map((call) => call.operationId)).toContain(operationId)
    },
  )

  it('that change something are each the mutation that is said to be it', () => {
    const writes = OPERATIONS.filter(({ operationId, isRead }) => !isRead && PLACES.has(operationId))
    const mismatched = writes.filter(
      ({ operationId }) => findField(PLACES.get(operationId) ?? '').extensions['operation'] !== operationId,
    )
    expect(mismatched).toEqual([])
    const fields = Object.keys(schema.getMutationType()?.getFields() ?? {})
    expect(fields.map((name) => `Mutation.${name}`).toSorted()).toEqual(
      writes.map(({ operationId }) => PLACES.get(operationId) ?? '').toSorted(),
    )
  })
})
