import { readFragment } from './generated/fragment-masking.ts'
import type { FragmentType } from './generated/fragment-masking.ts'
import { graphql } from './generated/gql.ts'
import { inMoney } from './words.ts'

const PRICE = graphql(`
  fragment Price on Pricing {
    id
    systemPrice
    pricePerWatt
    systemPriceBreakdown {
      itemType
      itemTypeRaw
      itemPrice
    }
  }
`)

export function Price(props: { readonly pricing: FragmentType<typeof PRICE> }) {
  const { systemPrice, pricePerWatt, systemPriceBreakdown } = readFragment(PRICE, props.pricing)
  return (
    <table>
      <tbody>
        {systemPriceBreakdown?.map(({ itemType, itemTypeRaw, itemPrice }, index) => (
          <tr key={index}>
            {/* A word that Aurora has added since: its own text. */}
            <th scope="row">
              {itemType === 'UNRECOGNIZED' ? itemTypeRaw : itemType?.replaceAll('_', ' ').toLowerCase()}
            </th>
            <td>{inMoney(itemPrice)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Price{pricePerWatt != null && `, at ${inMoney(pricePerWatt)} per W`}</th>
          <td>{inMoney(systemPrice)}</td>
        </tr>
      </tfoot>
    </table>
  )
}
