// What we offer, held against what we consume: names, words, bytes, and what may be null.
import { NO_PARTS } from '../../src/answers/parts.ts'
import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  specifiedScalarTypes,
} from 'graphql'
import type {
  GraphQLField,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { builder } from '../../src/graphql/builder.ts'
import { printSdl, schema } from '../../src/graphql/schema.ts'
import { KIND_OF_TYPE } from '../../src/aurora/kinds.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface ContractSchema {
  readonly properties?: Readonly<Record<string, ContractSchema>>
  readonly items?: ContractSchema
  readonly deprecated?: boolean
  readonly 'x-known-values'?: readonly string[]
}

interface Contract {
  readonly components: { readonly schemas: Readonly<Record<string, ContractSchema>> }
  readonly 'x-aurora-webhook-events': Readonly<Record<string, unknown>>
  readonly 'x-aurora-webhook-events-legacy-names': { readonly names: Readonly<Record<string, unknown>> }
}

const {
  components,
  'x-aurora-webhook-events': EVENTS,
  'x-aurora-webhook-events-legacy-names': LEGACY_EVENTS,
} = parse(read('schema/aurora.openapi.yaml')) as Contract
const CONTRACT = components.schemas

/** GraphQL type: the schemas of the contract whose members it shows. A dot leads to the schema of a member or its items. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  Tenant: ['Tenant'],
  SsoProvider: ['SsoProvider'],
  Role: ['Role'],
  User: ['User', 'UserListItem'],
  Team: ['NamedRef'],
  Partner: ['NamedRef'],
  Webhook: ['Webhook'],
  Module: ['ModuleComponent'],
  Inverter: ['InverterComponent'],
  DcOptimizer: ['DcOptimizerComponent'],
  ProposalTemplate: ['ProposalTemplate'],
  Project: ['Project'],
  SharedProject: ['SharedProject'],
  ProjectLocation: ['ProjectLocation'],
  PropertyAddressComponents: ['PropertyAddressComponents'],
  ConsumptionProfile: ['ConsumptionProfile'],
  ProjectBillSummary: ['BillSummary'],
  UtilityBill: ['UtilityBill'],
  Ahj: ['Ahj'],
  Order: ['Order'],
  SiteSurvey: ['SiteSurvey'],
  Agreement: ['Agreement'],
  Asset: ['Asset'],
  Design: ['Design', 'DesignListItem'],
  Milestone: ['Milestone'],
  DesignSummary: ['DesignSummary'],
  BillOfMaterialsItem: ['BomItem'],
  DesignArray: ['SummaryArray'],
  ArrayModule: ['SummaryArray.module'],
  ArrayMicroinverter: ['SummaryArray.microinverter'],
  ArrayDcOptimizer: ['SummaryArray.dc_optimizer'],
  ArrayShading: ['ArrayShading'],
  ShadingPercentages: ['Shading12'],
  DesignInverter: ['SummaryInverter'],
  DesignBattery: ['SummaryBattery'],
  EnergyProduction: ['EnergyProduction'],
  DesignBillSummary: ['BillSummary'],
  RoofSummary: ['RoofSummary'],
  Roof: ['Roof'],
  RoofFace: ['RoofFace'],
  EdgesLength: ['EdgesLength'],
  Pricing: ['Pricing'],
  PriceBreakdownItem: ['PriceBreakdownItem'],
  PriceSubcomponent: ['PriceSubcomponent'],
  PricingAdder: ['PricingAdder'],
  PricingIncentive: ['PricingIncentive'],
  PricingComponent: ['PricingComponent'],
  Financing: ['Financing', 'FinancingSummary'],
  FinancingLoan: ['FinancingLoan'],
  FinancingIncentiveValue: ['FinancingIncentiveValue'],
  Financier: ['Financier'],
  FinancierExternal: ['FinancierExternal'],
  Proposal: ['Proposal'],
  WebProposal: ['WebProposal'],
  DesignRequest: ['DesignRequest'],
  EagleviewDesignRequest: ['EagleviewDesignRequest'],
  PlanSetRequest: ['PlanSetRequest'],
  PlanSetRejectionReason: ['PlanSetRequest.rejection_reasons'],
  PlanSet: ['PlanSet'],
  PerformanceSimulationJob: ['PerformanceSimulationJob'],
  IrradianceAnalysisJob: ['IrradianceAnalysisJob'],
  AutoDesignerJob: ['AutoDesignerJob'],
  FirePathwayPlacementJob: ['FirePathwayPlacementJob'],
  AiRoofJob: ['AiRoofJob'],
  ProposalPdfGenerationJob: ['ProposalPdfGenerationJob'],
  AgreementDownloadUrlJob: ['AgreementDownloadUrlJob'],
  UtilityBillUploadJob: ['UtilityBillUploadJob'],
  ProjectCreationJob: ['ProjectCreationJob'],
  JobError: ['PerformanceSimulationJob.error'],
  RackingComponent: ['RackingComponent'],
  RackingArray: ['RackingArray'],
  RackingModule: ['RackingArray.module'],
  AdjacentArray: ['RackingArray.adjacent_arrays'],
}

/** Types that show no schema of the contract of their own. */
const OUR_OWN: Readonly<Record<string, string>> = {
  Query: 'the way in',
  Mutation: 'the way in to change something',
  Subscription: 'the way in to events',
  NodeResult: 'a look-up with its failure as data',
  Customer: 'members of Project, gathered',
  PageInfo: 'Relay',
  Plan: 'what an operation would cost',
  PlanStep: 'and where',
  CallCount: 'and how many calls that is',
  Upstream: 'what an operation has cost',
  SavedCalls: 'and what it did not',
  Changes: 'which objects have changed',
  ChangedObject: 'and each of them',
  ProjectChanges: 'which projects have changed since a cursor',
  ...Object.fromEntries(
    ['Project', 'SharedProject', 'Module', 'Inverter', 'DcOptimizer', 'User'].flatMap((name) => [
      [`${name}Connection`, 'Relay'],
      [`${name}Edge`, 'Relay'],
    ]),
  ),
}

/** Members that nobody may read through the gateway. Types that have any show no `raw` either. */
const SECRETS: Readonly<Record<string, string>> = {
  'Webhook.header_auth_value': 'proves to the receiver that Aurora calls',
  'SsoProvider.openid_secret': 'with it anybody could sign users in as Aurora',
}

/** Deprecated members without a field of their name. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  'User.partner_id': 'older name, read as partner_ids',
  'Pricing.system_cost': 'older name, read as system_price',
  'Pricing.system_cost_breakdown': 'older name, read as system_price_breakdown',
  'Pricing.storage_system_cost_breakdown': 'older name, read as storage_system_price_breakdown',
  'Pricing.pricing_mode': 'older name, read as pricing_method',
}

/** Members without a field of their name, for reasons of their own. */
const WITHOUT_FIELD: Readonly<Record<string, string>> = {
  ...SECRETS,
  ...OLDER_NAMES,
  'Module.manufacturer': 'one of two guesses at one member, read as manufacturer_name',
  'Inverter.manufacturer': 'one of two guesses at one member, read as manufacturer_name',
  'DcOptimizer.manufacturer': 'one of two guesses at one member, read as manufacturer_name',
  'ProjectBillSummary.design_id': 'on the form of a design only',
}

/** Wrappers that are there without a call, so that what they hold can fail alone. */
const FREE_WRAPPERS: Readonly<Record<string, string>> = {
  'Project.customer': 'the project itself, seen from another side',
  'Query.nodeResult': 'holds the failure as data',
  'NodeResult.errors': 'the failure as data',
  'ChangedObject.id': 'names what has changed',
  'ChangedObject.type': 'part of its id',
  'Changes.isReset': 'costs nothing',
  'Changes.objects': 'costs nothing',
  ...Object.fromEntries(
    ['cursor', 'isReset', 'created', 'changed', 'deleted', 'hasMore', 'isComplete'].map((name) => [
      `ProjectChanges.${name}`,
      'is there with the answer',
    ]),
  ),
  'Query.nodes': 'one place for each id that was asked; every item fails alone',
}

/** Sets of our own, to which Aurora can add nothing. */
const CLOSED_ENUMS = ['ErrorCode', 'JobStatus', 'UnprocessableReason', 'WriteOutcome']

/** Takes words instead of telling them, so there is none to be surprised by. */
const isInputEnum = ({ name }: { readonly name: string }): boolean => name.endsWith('Input')

const typesOf = (schema: GraphQLSchema): GraphQLNamedType[] =>
  Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !specifiedScalarTypes.some(({ name }) => name === type.name),
  )
const TYPES = typesOf(schema)
const OBJECTS = TYPES.filter(isObjectType)
const ENUMS = TYPES.filter(isEnumType)

interface Place {
  readonly name: string
  readonly type: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
}

const PLACES: readonly Place[] = OBJECTS.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, type, field })),
)

/** For a field below which nothing is selected. */
const INFO = { schema, fieldNodes: [], fragments: {}, variableValues: {} } as unknown as GraphQLResolveInfo

const toCamelCase = (member: string): string =>
  member.replace(/_([a-z0-9])/g, (_, next: string) => next.toUpperCase())

const implementing =
  (name: string) =>
  (type: GraphQLObjectType): boolean =>
    type.getInterfaces().some((each) => each.name === name)
const isEntity = implementing('Node')
const isJob = implementing('Job')
/** Made of the table of error codes. */
const isError = implementing('Error')
/** Figures of the gateway's own, of which none is ever unknown. */
const isPlan = ({ name }: GraphQLObjectType): boolean =>
  ['Plan', 'PlanStep', 'CallCount', 'Upstream', 'SavedCalls'].includes(name)
/** What came of a mutation. */
const isPayload = ({ name }: GraphQLObjectType): boolean => name.endsWith('Payload')

function findContract(path: string): ContractSchema {
  const [name = '', member] = path.split('.')
  const own = member === undefined ? CONTRACT[name] : CONTRACT[name]?.properties?.[member]
  const found = own?.items ?? own
  if (!found?.properties) throw new Error(`the contract has no schema ${path}`)
  return found
}

/** Members by which an object names itself. */
const OWN_IDS: ReadonlySet<string> = new Set(['id', 'job_id'])

/** Every member of the contract, with the field that shows it. */
const MEMBERS = Object.entries(SHOWN).flatMap(([typeName, paths]) =>
  paths.flatMap((path) =>
    Object.entries(findContract(path).properties ?? {}).map(([member, contract]) => {
      const fieldName = OWN_IDS.has(member) ? 'auroraId' : toCamelCase(member)
      const place = PLACES.find(({ name }) => name === `${typeName}.${fieldName}`)
      return { name: `${typeName}.${member}`, member, contract, place }
    }),
  ),
)

describe('members and fields', () => {
  it('every type that is not our own shows schemas of the contract', () => {
    const known = [...Object.keys(SHOWN), ...Object.keys(OUR_OWN)]
    const others = OBJECTS.filter((type) => !isPayload(type) && !isError(type))
    expect(others.map(({ name }) => name).toSorted()).toEqual(known.toSorted())
  })

  it('every member of the contract has the field of its name in camelCase', () => {
    const missing = MEMBERS.filter(({ place }) => !place).map(({ name }) => name)
    expect(missing.filter((name) => !Object.hasOwn(WITHOUT_FIELD, name))).toEqual([])
  })

  it('members that go without a field are in the contract and have none', () => {
    const excused = MEMBERS.filter(({ name }) => Object.hasOwn(WITHOUT_FIELD, name))
    expect(excused.map(({ name }) => name).toSorted()).toEqual(Object.keys(WITHOUT_FIELD).toSorted())
    expect(excused.filter(({ place }) => place !== undefined)).toEqual([])
  })

  it('older names are deprecated in the contract', () => {
    const older = MEMBERS.filter(({ name }) => Object.hasOwn(OLDER_NAMES, name))
    expect(older.filter(({ contract }) => contract.deprecated !== true)).toEqual([])
  })

  it('no field reads a secret, or a whole body with one in it', () => {
    const secrets = Object.keys(SECRETS).map((path) => path.split('.'))
    const reads = ({ field }: Place, member: string): boolean =>
      [field.extensions['needs']].flat().includes(member)
    const leaks = PLACES.filter((place) =>
      secrets.some(
        ([typeName, member = '']) =>
          reads(place, member) || (place.type.name === typeName && place.field.name === 'raw'),
      ),
    )
    expect(leaks.map(({ name }) => name)).toEqual([])
  })

  it('a field reads the member that it is named after', () => {
    const reads = ({ member, place }: (typeof MEMBERS)[number]): boolean => {
      if (!place || (OWN_IDS.has(member) && isNonNullType(place.field.type))) return true
      const needs = place.field.extensions['needs']
      return Array.isArray(needs) && needs.length === 1 && needs[0] === member
    }
    expect(MEMBERS.filter((one) => !reads(one)).map(({ name }) => name)).toEqual([])
  })

  it('every value that the contract knows of an open set is a value of an enum', () => {
    const sets = MEMBERS.filter(
      ({ contract, place }) =>
        // Whatever is not one of its two ends is a job that is running.
        contract['x-known-values'] && !(place && isJob(place.type) && place.field.name === 'status'),
    )
    const lacking = sets.flatMap(({ name, contract, place }) => {
      const type = place && getNamedType(place.field.type)
      const values = isEnumType(type) ? type.getValues().map((value) => value.name) : []
      const known = (contract['x-known-values'] ?? []).map((value) =>
        value
          .toUpperCase()
          .replaceAll(/[^A-Z0-9]+/g, '_')
          .replace(/_$/, ''),
      )
      return known.filter((value) => !values.includes(value)).map((value) => `${name}: ${value}`)
    })
    expect(sets.length).toBeGreaterThan(5)
    expect(lacking).toEqual([])
  })

  it('every event that the contract knows of webhooks is a value of WebhookEvent', () => {
    const values = ENUMS.find(({ name }) => name === 'WebhookEvent')?.getValues() ?? []
    const known = [...Object.keys(EVENTS), ...Object.keys(LEGACY_EVENTS.names)].map((event) =>
      event.toUpperCase(),
    )
    expect(values.map(({ name }) => name).toSorted()).toEqual([...known, 'UNRECOGNIZED'].toSorted())
  })

  it('an enum knows UNRECOGNIZED, and beside each of its fields is the raw text', () => {
    expect(ENUMS.filter((type) => !type.getValue('UNRECOGNIZED') && !isInputEnum(type)).map(String)).toEqual(
      CLOSED_ENUMS,
    )
    const open = PLACES.filter(({ field }) => {
      const type = getNamedType(field.type)
      return isEnumType(type) && !CLOSED_ENUMS.includes(type.name)
    })
    const rawOf = ({ type, field }: Place) => type.getFields()[`${field.name}Raw`]
    const lonely = open.filter(
      (place) =>
        String(rawOf(place)?.type) !== 'String' ||
        String(rawOf(place)?.extensions['needs']) !== String(place.field.extensions['needs']),
    )
    expect(open.length).toBeGreaterThan(5)
    expect(lonely.map(({ name }) => name)).toEqual([])
  })
})

describe('bytes', () => {
  it('schema/schema.graphql is what the code prints', () => {
    expect(printSdl(schema)).toBe(read('schema/schema.graphql'))
  })

  it('a schema made and printed again is the same', () => {
    expect(printSdl(builder.toSchema({ directives: [...schema.getDirectives()] }))).toBe(printSdl(schema))
  })
})

interface Named {
  readonly path: string
  readonly description?: string | null | undefined
}

const name = (
  parent: string,
  { name: own, description }: Omit<Named, 'path'> & { readonly name: string },
): Named => ({ path: parent === '' ? own : `${parent}.${own}`, description })

/** Whatever a reader of the schema meets by name, the built-in excepted. */
function findNamed(schema: GraphQLSchema): Named[] {
  const types = typesOf(schema).flatMap((type) => {
    const itself = name('', type)
    if (isEnumType(type)) return [itself, ...type.getValues().map((value) => name(type.name, value))]
    if (isInputObjectType(type)) {
      return [itself, ...Object.values(type.getFields()).map((field) => name(type.name, field))]
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [itself]
    const fields = Object.values(type.getFields()).flatMap((field) => [
      name(type.name, field),
      ...field.args.map((arg) => name(`${type.name}.${field.name}`, arg)),
    ])
    return [itself, ...fields]
  })
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive))
  return [
    ...types,
    ...directives.flatMap((directive) => [
      name('', { name: `@${directive.name}`, description: directive.description }),
      ...directive.args.map((arg) => name(`@${directive.name}`, arg)),
    ]),
  ]
}

/** Say nothing by themselves. */
const FILLERS: ReadonlySet<string> = new Set(
  'a an the this that its their is are of for in on to and or'.split(' '),
)

/** Plural and singular are one word here. */
const wordsOf = (text: string): string[] =>
  (
    text
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  )
    .filter((word) => !FILLERS.has(word))
    .map((word) => word.replace(/s$/, ''))

/** An edge is called after what it holds, so that to say this of its node is no repetition. */
const isNodeOfEdge = (path: string): boolean => path.endsWith('Edge.node')

function faultOf({ path, description }: Named): string | null {
  if (!description?.trim()) return 'has none'
  if (description !== description.trim()) return 'begins or ends with a space'
  if (!description.endsWith('.')) return 'ends without a full stop'
  if (/\b(?:todo|tbd|fixme|xxx)\b/i.test(description)) return 'is not finished'
  const names = new Set(wordsOf(isNodeOfEdge(path) ? 'node' : path))
  return wordsOf(description).every((word) => names.has(word)) ? 'says only the name again' : null
}

/** Each description that is of no use to its reader, with what is wrong with it. */
const findIdleDescriptions = (schema: GraphQLSchema): string[] =>
  findNamed(schema).flatMap((named) => {
    const fault = faultOf(named)
    return fault === null ? [] : [`${named.path} ${fault}: ${JSON.stringify(named.description ?? '')}`]
  })

describe('words', () => {
  it('everything has a description, whole and saying more than its name', () => {
    expect(findNamed(schema).length).toBeGreaterThan(1000)
    expect(findIdleDescriptions(schema)).toEqual([])
  })

  it.each([
    ['type Roof { "How steep it is." pitch: Int }', 'Roof has none: ""'],
    ['"A roof of a site." type Roof { pitch: Int }', 'Roof.pitch has none: ""'],
    [
      '"A roof of a site." type Roof { " How steep." a: Int }',
      'Roof.a begins or ends with a space: " How steep."',
    ],
    [
      '"A roof of a site" type Roof { "How steep." a: Int }',
      'Roof ends without a full stop: "A roof of a site"',
    ],
    [
      '"A roof of a site." type Roof { "TODO: how steep." a: Int }',
      'Roof.a is not finished: "TODO: how steep."',
    ],
    [
      '"A roof of a site." type Roof { "Pitch." pitch: Int }',
      'Roof.pitch says only the name again: "Pitch."',
    ],
    [
      '"A roof of a site." type Roof { "The pitch of roofs." roofPitch: Int }',
      'Roof.roofPitch says only the name again: "The pitch of roofs."',
    ],
    [
      '"A roof of a site." interface Roof { "How steep." at("Unit." unit: Int): Int }',
      'Roof.at.unit says only the name again: "Unit."',
    ],
    [
      '"What it is made of." enum Cover { "The tile." TILE }',
      'Cover.TILE says only the name again: "The tile."',
    ],
    [
      '"What is built." input NewRoof { "Pitch." pitch: Int }',
      'NewRoof.pitch says only the name again: "Pitch."',
    ],
    ['"A flat roof." scalar FlatRoof', 'FlatRoof says only the name again: "A flat roof."'],
    ['"Cost." directive @cost("In calls." of: Int) on FIELD', '@cost says only the name again: "Cost."'],
    ['"Bounds calls." directive @cost(of: Int) on FIELD', '@cost.of has none: ""'],
  ])('are missed in %s', (sdl, fault) => {
    expect(findIdleDescriptions(buildSchema(sdl))).toEqual([fault])
  })

  it('are enough if one of them is not in the name', () => {
    const sdl =
      '"One roof and its place." type RoofEdge { "The Roof." node: Int "Slope in degrees." slope: Int }'
    expect(findIdleDescriptions(buildSchema(sdl))).toEqual([])
  })
})

describe('what may be null', () => {
  const isPlumbing = ({ name }: GraphQLObjectType): boolean => /^PageInfo$|(?:Edge|Connection)$/.test(name)
  const nonNull = PLACES.filter(({ field }) => isNonNullType(field.type))

  it('only ids, plumbing of connections and wrappers without a call are never null', () => {
    const unexpected = nonNull.filter(
      ({ name, type, field }) =>
        !(isEntity(type) && (field.name === 'id' || field.name === 'auroraId')) &&
        !isPlumbing(type) &&
        !isPayload(type) &&
        !isError(type) &&
        !isPlan(type) &&
        type.name !== 'Mutation' &&
        !Object.hasOwn(FREE_WRAPPERS, name),
    )
    expect(unexpected.map(({ name }) => name)).toEqual([])
  })

  it('items of a list are never null if they are objects, documented or not, and may be null if they are values', () => {
    const lists = PLACES.filter(({ type }) => !isError(type))
      .flatMap(({ name, field }) => {
        const list = isNonNullType(field.type) ? field.type.ofType : field.type
        return isListType(list) ? [{ name, item: list.ofType as GraphQLOutputType }] : []
      })
      .filter(({ name }) => name !== 'Query.nodes')
    const holdsObjects = (item: GraphQLOutputType): boolean => {
      const type = getNamedType(item)
      return isObjectType(type) || isInterfaceType(type) || type.name === 'JSON'
    }
    const wrong = lists.filter(({ item }) => isNonNullType(item) !== holdsObjects(item))
    expect(lists.length).toBeGreaterThan(10)
    expect(wrong.map(({ name }) => name)).toEqual([])
    expect(String(schema.getQueryType()?.getFields()['nodes']?.type)).toBe('[Node]!')
  })

  /** Spends nothing: tells whether a member or a loader would have been asked. */
  async function asksUpstream({ field }: Place): Promise<boolean> {
    let asked = false
    const ask = (): never => {
      asked = true
      throw new Error('a call')
    }
    const source = {
      kind: 'project',
      key: 'k/k',
      get: ask,
      raw: ask,
      edges: [],
      hasNext: false,
      hasPrevious: false,
      deleted: [],
    }
    const loaders = new Proxy({}, { get: ask })
    const args = { id: 'k', ids: ['Project:k'], first: 1 }
    try {
      const result: unknown = await field.resolve?.(source, args, { loaders, parts: NO_PARTS }, INFO)
      if (Array.isArray(result)) await Promise.all(result)
    } catch (error) {
      if (!asked) throw error
    }
    return asked
  }

  it('a field that is never null asks nothing of Aurora', async () => {
    const asking = []
    for (const place of nonNull.filter(({ type }) => type.name !== 'Mutation' && !isError(type)))
      if (await asksUpstream(place)) asking.push(place.name)
    expect(asking).toEqual(['Query.nodes'])
  })

  it('a field that says what it costs may be null', () => {
    const priced = PLACES.filter(({ type }) => type.name !== 'Mutation').filter(({ field }) =>
      /\bcosts (?:1|one|at most 1) call/i.test(field.description ?? ''),
    )
    expect(priced.length).toBeGreaterThan(10)
    expect(priced.filter(({ field }) => isNonNullType(field.type)).map(({ name }) => name)).toEqual([
      'Query.nodes',
    ])
  })
})

describe('nodes', () => {
  it('every entity is a Node, and nothing else is', () => {
    expect(
      OBJECTS.filter(isEntity)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([...KIND_OF_TYPE.keys()].toSorted())
    expect(TYPES.filter(isInterfaceType).map(({ name }) => name)).toEqual(['Error', 'Job', 'Node'])
  })

  it.each([...KIND_OF_TYPE.keys()])('a %s is found again by its global id', async (typeName) => {
    const asked = new Error('asked upstream')
    const refuse = (): never => {
      throw asked
    }
    const found = schema
      .getQueryType()
      ?.getFields()
      ['node']?.resolve?.({}, { id: `${typeName}:k` }, { loaders: new Proxy({}, { get: refuse }) }, INFO)
    await expect(found).rejects.toBe(asked)
  })
})
