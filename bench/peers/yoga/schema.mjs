// The hand-made schema over an api with one function per kind of reply.
import { createSchema } from 'graphql-yoga'

const typeDefs = /* GraphQL */ `
  type Query {
    projects(first: Int = 20, page: Int = 1): [Project!]!
    project(id: ID!): Project
  }
  type Project {
    id: ID!
    name: String
    owner: User
    designs: [Design!]
  }
  type User {
    id: ID!
    name: String
    email: String
  }
  type Design {
    id: ID!
    name: String
    summary: Summary
    pricing: Pricing
  }
  type Summary {
    systemSizeStc: Float
    annualProductionKwh: Float
  }
  type Pricing {
    systemPrice: Float
  }
`

const resolvers = {
  Query: {
    projects: async (_, { first, page }, { api }) => (await api.list(page, first)).projects,
    project: async (_, { id }, { api }) => (await api.project(id)).project,
  },
  Project: {
    owner: async (project, _, { api }) => (await api.user(project.owner_id)).user,
    designs: async (project, _, { api }) => (await api.designs(project.id)).designs,
  },
  Design: {
    summary: async (design, _, { api }) => (await api.summary(design.id)).design,
    pricing: async (design, _, { api }) => (await api.pricing(design.id)).pricing,
  },
  Summary: {
    systemSizeStc: (summary) => summary.system_size_stc,
    annualProductionKwh: (summary) => summary.annual_production_kwh,
  },
  Pricing: { systemPrice: (pricing) => pricing.system_price },
}

export const schema = createSchema({ typeDefs, resolvers })

const paths = {
  list: (page, perPage) => `/projects?page=${page}&per_page=${perPage}`,
  project: (id) => `/projects/${id}`,
  user: (id) => `/users/${id}`,
  designs: (id) => `/projects/${id}/designs`,
  summary: (id) => `/designs/${id}/summary`,
  pricing: (id) => `/designs/${id}/pricing`,
}

/** @param {(path: string) => Promise<any>} read */
export const createApi = (read) =>
  Object.fromEntries(
    Object.entries(paths).map(([name, pathOf]) => [name, (...words) => read(pathOf(...words))]),
  )
