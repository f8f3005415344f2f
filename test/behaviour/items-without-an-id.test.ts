// An item of a list that has no id cannot be referred to. It is left out, and the answer reports that.
import { expect, it } from 'vitest'
import { faultsOf, openPagedAurora } from '../support/paged-aurora.ts'

/** Each list has three items, and the second one has no id. */
const openAurora = () =>
  openPagedAurora((_page, list) => ({ length: 3, ids: [`${list}-0`, null, `${list}-2`] }))

it.each(['users', 'teams', 'partners', 'roles', 'modules', 'projects'])(
  '%s have the other items, and report that one could not be read',
  async (list) => {
    await using aurora = await openAurora()
    const isSliced = ['modules', 'projects'].includes(list)

    const answers = [1, 2].map(() =>
      aurora.askReport(`{ ${list} ${isSliced ? '{ nodes { id } }' : '{ id }'} }`),
    )

    for (const { data, errors, extensions } of await Promise.all(answers)) {
      expect(errors).toBe(undefined)
      const shown = data[list] as unknown as { nodes: object[] }
      expect(isSliced ? shown.nodes : shown).toHaveLength(2)
      expect(extensions.freshness).toMatchObject([{ path: [list], reason: 'ITEMS_UNREADABLE' }])
    }
  },
)

it('a team that may be the item without an id is not said to be missing', async () => {
  await using aurora = await openAurora()

  expect(faultsOf(await aurora.ask('{ node(id: "Team:teams-1") { id } }'))).toEqual([
    ['node', 'UPSTREAM_INVALID'],
  ])
  expect((await aurora.ask('{ node(id: "Team:teams-2") { id } }')).errors).toBe(undefined)
})
