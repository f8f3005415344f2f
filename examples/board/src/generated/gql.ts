/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Board($first: Int!, $search: String, $filter: ProjectFilterInput, $sort: ProjectSortInput) @live {\n    projects(first: $first, search: $search, filter: $filter, sort: $sort) {\n      totalCount\n      isComplete\n      nodes {\n        id\n        status\n        ...ProjectCard\n      }\n    }\n  }\n": typeof types.BoardDocument,
    "\n  query DesignPage($id: ID!) {\n    design(id: $id) {\n      id\n      name\n      systemSizeStc\n      project {\n        id\n        name\n      }\n      summary {\n        id\n        ...EnergyChart\n      }\n      pricing {\n        id\n        ...Price\n      }\n    }\n  }\n": typeof types.DesignPageDocument,
    "\n  fragment EditProject on Project {\n    id\n    name\n    status\n  }\n": typeof types.EditProjectFragmentDoc,
    "\n  mutation UpdateProject($id: ID!, $input: UpdateProjectInput!) {\n    updateProject(id: $id, input: $input) {\n      project {\n        __typename\n        id\n        name\n        status\n      }\n      errors {\n        message\n        outcome\n      }\n    }\n  }\n": typeof types.UpdateProjectDocument,
    "\n  fragment EnergyChart on DesignSummary {\n    id\n    energyProduction {\n      annual\n      annualOffset\n      monthly\n      upToDate\n    }\n  }\n": typeof types.EnergyChartFragmentDoc,
    "\n  fragment Price on Pricing {\n    id\n    systemPrice\n    pricePerWatt\n    systemPriceBreakdown {\n      itemType\n      itemTypeRaw\n      itemPrice\n    }\n  }\n": typeof types.PriceFragmentDoc,
    "\n  fragment ProjectCard on Project {\n    id\n    name\n    customerFirstName\n    customerLastName\n    projectType\n  }\n": typeof types.ProjectCardFragmentDoc,
    "\n  query ProjectPage($id: ID!) {\n    project(id: $id) {\n      id\n      name\n      status\n      ...EditProject\n      location {\n        propertyAddress\n      }\n      owner {\n        id\n        firstName\n        lastName\n      }\n      designs {\n        id\n        name\n        systemSizeStc\n        milestone {\n          milestone\n        }\n      }\n    }\n  }\n": typeof types.ProjectPageDocument,
    "\n  subscription ProjectChanged($id: ID!) {\n    projectChanged(id: $id) {\n      id\n      name\n      status\n    }\n  }\n": typeof types.ProjectChangedDocument,
    "\n  mutation RunSimulation($designId: ID!) {\n    runPerformanceSimulation(designId: $designId) {\n      job {\n        id\n        status\n      }\n      errors {\n        message\n      }\n    }\n  }\n": typeof types.RunSimulationDocument,
    "\n  subscription SimulationChanged($jobId: ID!) {\n    jobChanged(id: $jobId) {\n      id\n      status\n      error {\n        message\n      }\n      ... on PerformanceSimulationJob {\n        design {\n          id\n          summary {\n            id\n            ...EnergyChart\n          }\n        }\n      }\n    }\n  }\n": typeof types.SimulationChangedDocument,
};
const documents: Documents = {
    "\n  query Board($first: Int!, $search: String, $filter: ProjectFilterInput, $sort: ProjectSortInput) @live {\n    projects(first: $first, search: $search, filter: $filter, sort: $sort) {\n      totalCount\n      isComplete\n      nodes {\n        id\n        status\n        ...ProjectCard\n      }\n    }\n  }\n": types.BoardDocument,
    "\n  query DesignPage($id: ID!) {\n    design(id: $id) {\n      id\n      name\n      systemSizeStc\n      project {\n        id\n        name\n      }\n      summary {\n        id\n        ...EnergyChart\n      }\n      pricing {\n        id\n        ...Price\n      }\n    }\n  }\n": types.DesignPageDocument,
    "\n  fragment EditProject on Project {\n    id\n    name\n    status\n  }\n": types.EditProjectFragmentDoc,
    "\n  mutation UpdateProject($id: ID!, $input: UpdateProjectInput!) {\n    updateProject(id: $id, input: $input) {\n      project {\n        __typename\n        id\n        name\n        status\n      }\n      errors {\n        message\n        outcome\n      }\n    }\n  }\n": types.UpdateProjectDocument,
    "\n  fragment EnergyChart on DesignSummary {\n    id\n    energyProduction {\n      annual\n      annualOffset\n      monthly\n      upToDate\n    }\n  }\n": types.EnergyChartFragmentDoc,
    "\n  fragment Price on Pricing {\n    id\n    systemPrice\n    pricePerWatt\n    systemPriceBreakdown {\n      itemType\n      itemTypeRaw\n      itemPrice\n    }\n  }\n": types.PriceFragmentDoc,
    "\n  fragment ProjectCard on Project {\n    id\n    name\n    customerFirstName\n    customerLastName\n    projectType\n  }\n": types.ProjectCardFragmentDoc,
    "\n  query ProjectPage($id: ID!) {\n    project(id: $id) {\n      id\n      name\n      status\n      ...EditProject\n      location {\n        propertyAddress\n      }\n      owner {\n        id\n        firstName\n        lastName\n      }\n      designs {\n        id\n        name\n        systemSizeStc\n        milestone {\n          milestone\n        }\n      }\n    }\n  }\n": types.ProjectPageDocument,
    "\n  subscription ProjectChanged($id: ID!) {\n    projectChanged(id: $id) {\n      id\n      name\n      status\n    }\n  }\n": types.ProjectChangedDocument,
    "\n  mutation RunSimulation($designId: ID!) {\n    runPerformanceSimulation(designId: $designId) {\n      job {\n        id\n        status\n      }\n      errors {\n        message\n      }\n    }\n  }\n": types.RunSimulationDocument,
    "\n  subscription SimulationChanged($jobId: ID!) {\n    jobChanged(id: $jobId) {\n      id\n      status\n      error {\n        message\n      }\n      ... on PerformanceSimulationJob {\n        design {\n          id\n          summary {\n            id\n            ...EnergyChart\n          }\n        }\n      }\n    }\n  }\n": types.SimulationChangedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Board($first: Int!, $search: String, $filter: ProjectFilterInput, $sort: ProjectSortInput) @live {\n    projects(first: $first, search: $search, filter: $filter, sort: $sort) {\n      totalCount\n      isComplete\n      nodes {\n        id\n        status\n        ...ProjectCard\n      }\n    }\n  }\n"): (typeof documents)["\n  query Board($first: Int!, $search: String, $filter: ProjectFilterInput, $sort: ProjectSortInput) @live {\n    projects(first: $first, search: $search, filter: $filter, sort: $sort) {\n      totalCount\n      isComplete\n      nodes {\n        id\n        status\n        ...ProjectCard\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DesignPage($id: ID!) {\n    design(id: $id) {\n      id\n      name\n      systemSizeStc\n      project {\n        id\n        name\n      }\n      summary {\n        id\n        ...EnergyChart\n      }\n      pricing {\n        id\n        ...Price\n      }\n    }\n  }\n"): (typeof documents)["\n  query DesignPage($id: ID!) {\n    design(id: $id) {\n      id\n      name\n      systemSizeStc\n      project {\n        id\n        name\n      }\n      summary {\n        id\n        ...EnergyChart\n      }\n      pricing {\n        id\n        ...Price\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EditProject on Project {\n    id\n    name\n    status\n  }\n"): (typeof documents)["\n  fragment EditProject on Project {\n    id\n    name\n    status\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateProject($id: ID!, $input: UpdateProjectInput!) {\n    updateProject(id: $id, input: $input) {\n      project {\n        __typename\n        id\n        name\n        status\n      }\n      errors {\n        message\n        outcome\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation UpdateProject($id: ID!, $input: UpdateProjectInput!) {\n    updateProject(id: $id, input: $input) {\n      project {\n        __typename\n        id\n        name\n        status\n      }\n      errors {\n        message\n        outcome\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EnergyChart on DesignSummary {\n    id\n    energyProduction {\n      annual\n      annualOffset\n      monthly\n      upToDate\n    }\n  }\n"): (typeof documents)["\n  fragment EnergyChart on DesignSummary {\n    id\n    energyProduction {\n      annual\n      annualOffset\n      monthly\n      upToDate\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Price on Pricing {\n    id\n    systemPrice\n    pricePerWatt\n    systemPriceBreakdown {\n      itemType\n      itemTypeRaw\n      itemPrice\n    }\n  }\n"): (typeof documents)["\n  fragment Price on Pricing {\n    id\n    systemPrice\n    pricePerWatt\n    systemPriceBreakdown {\n      itemType\n      itemTypeRaw\n      itemPrice\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ProjectCard on Project {\n    id\n    name\n    customerFirstName\n    customerLastName\n    projectType\n  }\n"): (typeof documents)["\n  fragment ProjectCard on Project {\n    id\n    name\n    customerFirstName\n    customerLastName\n    projectType\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProjectPage($id: ID!) {\n    project(id: $id) {\n      id\n      name\n      status\n      ...EditProject\n      location {\n        propertyAddress\n      }\n      owner {\n        id\n        firstName\n        lastName\n      }\n      designs {\n        id\n        name\n        systemSizeStc\n        milestone {\n          milestone\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ProjectPage($id: ID!) {\n    project(id: $id) {\n      id\n      name\n      status\n      ...EditProject\n      location {\n        propertyAddress\n      }\n      owner {\n        id\n        firstName\n        lastName\n      }\n      designs {\n        id\n        name\n        systemSizeStc\n        milestone {\n          milestone\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ProjectChanged($id: ID!) {\n    projectChanged(id: $id) {\n      id\n      name\n      status\n    }\n  }\n"): (typeof documents)["\n  subscription ProjectChanged($id: ID!) {\n    projectChanged(id: $id) {\n      id\n      name\n      status\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunSimulation($designId: ID!) {\n    runPerformanceSimulation(designId: $designId) {\n      job {\n        id\n        status\n      }\n      errors {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RunSimulation($designId: ID!) {\n    runPerformanceSimulation(designId: $designId) {\n      job {\n        id\n        status\n      }\n      errors {\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SimulationChanged($jobId: ID!) {\n    jobChanged(id: $jobId) {\n      id\n      status\n      error {\n        message\n      }\n      ... on PerformanceSimulationJob {\n        design {\n          id\n          summary {\n            id\n            ...EnergyChart\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription SimulationChanged($jobId: ID!) {\n    jobChanged(id: $jobId) {\n      id\n      status\n      error {\n        message\n      }\n      ... on PerformanceSimulationJob {\n        design {\n          id\n          summary {\n            id\n            ...EnergyChart\n          }\n        }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;