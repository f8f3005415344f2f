// The filters, searches and sorts that all lists of the catalogue share: each part has a name and a maker.
import { costOfFinding } from '../found-list.ts'
import { words } from '../list-arguments.ts'

export const BY_MAKER = { manufacturerName: words('Makers', { isCaseless: true }) }

export const BY_NAMES = {
  NAME: 'Its name, without regard to case and accents.',
  MANUFACTURER_NAME: 'Its maker, without regard to case and accents.',
}

export const ofCatalogue = (noun: string, typeName: string) => ({
  noun,
  typeName,
  description:
    `The ${noun} that the tenant may use, in no promised order. Costs 1 call for each 250 of them; an answer is good for ` +
    `a day. ${costOfFinding(noun)}`,
  order: { by: 'NAME', isDescending: false },
})
