import { describe, expect, it } from 'vitest'
import {
  expectProjects,
  judgeAnswer,
  makeBody,
  makeNewDocumentBody,
  NUMBER_MARK,
} from '../../../bench/peers/dialects.ts'
import type { DialectName } from '../../../bench/peers/dialects.ts'
import type { ExpectedProject } from '../../../bench/peers/aurora-data.ts'

const SCREEN = { kind: 'screen' } as const

/** The expected screen as each schema would show it. */
const SHOWN: Readonly<Record<DialectName, (projects: readonly ExpectedProject[]) => object>> = {
  plain: (projects) => ({ projects }),
  tailcall: (projects) => ({ projects }),
  hive: (projects) => ({
    listProjects: {
      projects: projects.map(({ designs, ...project }) => ({
        ...project,
        designs: designs?.map(({ summary, pricing, ...design }) => ({
          ...design,
          summary: {
            system_size_stc: summary.systemSizeStc,
            annual_production_kwh: summary.annualProductionKwh,
          },
          pricing: { system_price: pricing.systemPrice },
        })),
      })),
    },
  }),
  ours: (projects) => ({
    projects: {
      nodes: projects.map(({ id, name, owner, designs }) => ({
        id: `Project:${id}`,
        auroraId: id,
        name,
        owner: {
          firstName: owner.name.split(' ')[0],
          lastName: owner.name.split(' ')[1],
          email: owner.email,
        },
        designs: designs?.map((design) => ({
          id: `Design:${design.id}`,
          auroraId: design.id,
          name: design.name,
          summary: {
            systemSizeStc: design.summary.systemSizeStc,
            energyProduction: { annual: design.summary.annualProductionKwh },
          },
          pricing: design.pricing,
        })),
      })),
    },
  }),
}
const DIALECT_NAMES = ['plain', 'tailcall', 'hive', 'ours'] as const

describe('answers of peers are compared', () => {
  it.each(DIALECT_NAMES)('the same screen in the words of %s is in full', (dialect) => {
    const data = SHOWN[dialect](expectProjects(SCREEN))
    expect(judgeAnswer(dialect, SCREEN, { data })).toBe('full')
    expect(judgeAnswer(dialect, SCREEN, { data, errors: [{}] })).toBe('partial')
  })

  it.each(DIALECT_NAMES)('another value, order or number of rows in the words of %s is wrong', (dialect) => {
    const projects = expectProjects(SCREEN)
    for (const other of [
      projects.toReversed(),
      projects.slice(1),
      projects.map((project) => ({ ...project, name: 'X' })),
    ])
      expect(judgeAnswer(dialect, SCREEN, { data: SHOWN[dialect](other) })).toBe('wrong')
  })

  it('a hole is partial with an error, and silent without one', () => {
    const [first, ...rest] = expectProjects(SCREEN)
    const data = { projects: [{ ...first, owner: null }, ...rest] } as object
    expect(judgeAnswer('plain', SCREEN, { data, errors: [{}] })).toBe('partial')
    expect(judgeAnswer('plain', SCREEN, { data })).toBe('silent')
  })

  it('no data has failed, and no projects without an error are silent', () => {
    expect(judgeAnswer('ours', SCREEN, { data: null, errors: [{}] })).toBe('failed')
    expect(judgeAnswer('ours', SCREEN, {})).toBe('failed')
    expect(judgeAnswer('ours', SCREEN, { data: { projects: null }, errors: [{}] })).toBe('failed')
    expect(judgeAnswer('hive', SCREEN, { data: { listProjects: null } })).toBe('silent')
  })

  it('a list is compared without designs, a detail with them, and page 2 with the second twenty', () => {
    const list = { kind: 'list', page: 2 } as const
    expect(expectProjects(list)[0]).toMatchObject({ id: 'p20' })
    expect(judgeAnswer('plain', list, { data: { projects: expectProjects(list) } })).toBe('full')
    const detail = { kind: 'detail', project: 7 } as const
    const [project] = expectProjects(detail)
    expect(project?.designs).toHaveLength(3)
    expect(judgeAnswer('plain', detail, { data: { project } as object })).toBe('full')
  })

  it('a new document differs from the known one in its name and in an alias, in every schema', () => {
    for (const dialect of DIALECT_NAMES) {
      expect(makeBody(dialect, SCREEN)).not.toContain(NUMBER_MARK)
      expect(makeNewDocumentBody(dialect).split(NUMBER_MARK)).toHaveLength(3)
    }
  })
})
