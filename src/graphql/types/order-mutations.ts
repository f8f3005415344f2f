// Mutations of consumer orders.
import { assertObject, assertSomething, idOf } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

const OrderPayload = createObjectPayload('order', 'The order as it is now', { cost: '`raw` costs 1 call' })

addMutation('updateOrder', {
  payload: OrderPayload,
  description: 'Changes the members given of a consumer order. Costs 1 call.',
  args: (t) => ({
    id: t.id({ required: true, description: 'The order, by either id.' }),
    members: t.field({
      type: 'JSON',
      required: true,
      description:
        "An object of members in Aurora's own names, passed on as it is: what can be changed is not publicly documented.",
    }),
  }),
  read({ id, members }) {
    const path = { order_id: idOf('Order', id) }
    assertObject(members, 'members')
    assertSomething(members)
    return { path, members }
  },
})

addMutation('declineOrder', {
  payload: OrderPayload,
  description:
    'Turns a consumer order down. Costs 1 call. In which states Aurora lets that be done, and whether it can be undone, ' +
    'is not publicly documented: UNPROCESSABLE where not.',
  args: (t) => ({ id: t.id({ required: true, description: 'The order, by either id.' }) }),
  read: ({ id }) => ({ path: { order_id: idOf('Order', id) } }),
})
