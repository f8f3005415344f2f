import { useQuery } from '@apollo/client/react'
import { useDeferredValue, useState } from 'react'
import { ProjectCard } from './project-card.tsx'
import { Notice } from './notice.tsx'
import { graphql } from './generated/gql.ts'
import type { BoardQuery, ProjectSortInput, ProjectTypeInput } from './generated/graphql.ts'

const BOARD = graphql(`
  query Board($first: Int!, $search: String, $filter: ProjectFilterInput, $sort: ProjectSortInput) @live {
    projects(first: $first, search: $search, filter: $filter, sort: $sort) {
      totalCount
      isComplete
      nodes {
        id
        status
        ...ProjectCard
      }
    }
  }
`)

const PAGE = 60
/** The most that the gateway gives at once. */
const MOST = 250

const SORTS = {
  newest: { by: 'CREATED_AT', direction: 'DESC' },
  name: { by: 'NAME', direction: 'ASC' },
  customer: { by: 'CUSTOMER', direction: 'ASC' },
} satisfies Record<string, ProjectSortInput>

const TYPES: readonly ProjectTypeInput[] = ['RESIDENTIAL', 'COMMERCIAL']

/** All projects by their status. It is a live query: when any user changes a project, its card moves. */
export function Board() {
  const [search, setSearch] = useState('')
  const [type, setType] = useState<ProjectTypeInput>()
  const [sort, setSort] = useState<keyof typeof SORTS>('newest')
  const [first, setFirst] = useState(PAGE)
  const { data, previousData, error } = useQuery(BOARD, {
    variables: {
      first,
      search: useDeferredValue(search) || null,
      filter: type ? { projectType: [type] } : null,
      sort: SORTS[sort],
    },
  })
  const { projects } = data ?? previousData ?? {}
  return (
    <>
      <title>Board</title>
      <h1>Projects</h1>
      <search>
        <label>
          Search
          <input type="search" value={search} onChange={({ target }) => setSearch(target.value)} />
        </label>
        <label>
          Type
          <select
            value={type}
            onChange={({ target }) => setType(TYPES.find((each) => each === target.value))}
          >
            <option value="">all</option>
            {TYPES.map((each) => (
              <option key={each} value={each}>
                {each.toLowerCase()}
              </option>
            ))}
          </select>
        </label>
        <label>
          Sort by
          <select value={sort} onChange={({ target }) => setSort(target.value as keyof typeof SORTS)}>
            {Object.keys(SORTS).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </search>
      <Notice error={error} />
      {projects && (
        <>
          <p>
            {projects.nodes.length} of {projects.totalCount ?? 'an unknown number of'} projects
            {projects.isComplete === false &&
              ', and perhaps others: a part of the list is not known yet'}.{' '}
            {first < MOST && projects.nodes.length === first && (
              <button type="button" onClick={() => setFirst(Math.min(first + PAGE, MOST))}>
                Show more
              </button>
            )}
          </p>
          <Columns nodes={projects.nodes} />
        </>
      )}
    </>
  )
}

type Nodes = NonNullable<BoardQuery['projects']>['nodes']

function Columns({ nodes }: { readonly nodes: Nodes }) {
  const byStatus = Map.groupBy(nodes, ({ status }) => status ?? 'No status')
  return (
    <div className="columns">
      {[...byStatus]
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([status, projects]) => (
          <section key={status} aria-label={status}>
            <h2>
              {status} <small>{projects.length}</small>
            </h2>
            <ul>
              {projects.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}
