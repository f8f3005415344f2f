// Sorts a schema by name, in place, as introspection shows it. graphql's own function makes every type anew to sort it.
import {
  GraphQLDirective,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  specifiedDirectives,
} from 'graphql'
import type { GraphQLNamedType, GraphQLSchema } from 'graphql'

type Named = Readonly<{ name: string }>

/** Sorts the lists and maps inside the schema itself, so it stays sorted. */
export function sortSchema(schema: GraphQLSchema): void {
  sortMap(schema.getTypeMap())
  for (const type of Object.values(schema.getTypeMap()))
    if (!type.name.startsWith('__')) sortType(type, schema)
}

/** For a schema that is about to be made, because graphql freezes its list of directives. */
export const sortedDirectives = (own: readonly GraphQLDirective[]): GraphQLDirective[] =>
  [...specifiedDirectives, ...own].sort(byName).map((directive) => {
    const { args, locations, ...config } = directive.toConfig()
    const sorted = Object.fromEntries(Object.entries(args).sort(byKey))
    return new GraphQLDirective({ ...config, locations: [...locations].sort(), args: sorted })
  })

function sortType(type: GraphQLNamedType, schema: GraphQLSchema): void {
  if (isObjectType(type) || isInterfaceType(type)) {
    sortList(type.getInterfaces())
    sortMap(type.getFields())
    for (const { args } of Object.values(type.getFields())) sortList(args)
  }
  if (isInterfaceType(type)) Object.values(schema.getImplementations(type)).forEach(sortList)
  if (isInputObjectType(type)) sortMap(type.getFields())
  if (isEnumType(type)) sortList(type.getValues())
  if (isUnionType(type)) sortList(type.getTypes())
}

const sortList = (list: readonly Named[]): void => void (list as Named[]).sort(byName)

function sortMap(map: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(map).sort(byKey)) {
    delete map[name]
    map[name] = value
  }
}

const byName = (left: Named, right: Named): number => (left.name < right.name ? -1 : 1)

const byKey = ([left]: [string, unknown], [right]: [string, unknown]): number => (left < right ? -1 : 1)
